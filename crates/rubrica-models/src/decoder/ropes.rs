//! How fast positions turn: the bases of rotary positions, and how they are stretched for longer texts.

use serde::Deserialize;
use serde_json::Value;

use crate::encoder::speeds;

/// What `rope_parameters`, `rope_scaling` or an entry of them says.
#[derive(Debug, Default, Deserialize)]
struct Rope {
    #[serde(default)]
    rope_theta: Option<f64>,
    #[serde(default, alias = "type")]
    rope_type: Option<String>,
    #[serde(default)]
    partial_rotary_factor: Option<f64>,
    #[serde(default)]
    factor: Option<f64>,
    #[serde(default)]
    low_freq_factor: Option<f64>,
    #[serde(default)]
    high_freq_factor: Option<f64>,
    #[serde(default)]
    original_max_position_embeddings: Option<f64>,
}

/// The speeds of pairs in a layer that sees everything and in one with a window, by `config.json`.
pub(super) fn read(json: &Value, head: usize, defaults: [f64; 2]) -> Result<[Vec<f32>; 2], String> {
    let number = |field: &str| json.get(field).and_then(Value::as_f64);
    let parse = |field: &str, value: &Value| -> Result<Rope, String> {
        if value.is_null() {
            return Ok(Rope::default());
        }
        Rope::deserialize(value).map_err(|error| format!("{field}: {error}"))
    };
    if let Some(kinds) = json.get("rope_parameters").filter(|value| !value.is_null()) {
        let layered =
            kinds.get("full_attention").is_some() || kinds.get("sliding_attention").is_some();
        let of = |kind: &str, default| {
            let value = if layered { &kinds[kind] } else { kinds };
            parse("rope_parameters", value)?.speeds("rope_parameters", head, default)
        };
        return Ok([of("full_attention", defaults[0])?, of("sliding_attention", defaults[1])?]);
    }
    let base = number("rope_theta").unwrap_or(defaults[0]);
    let full = parse("rope_scaling", &json["rope_scaling"])?.speeds("rope_scaling", head, base)?;
    let sliding = match number("rope_local_base_freq") {
        Some(base) => Rope::default().speeds("rope_local_base_freq", head, base)?,
        None if defaults[0] == defaults[1] => full.clone(),
        None => Rope::default().speeds("rope_local_base_freq", head, defaults[1])?,
    };
    Ok([full, sliding])
}

impl Rope {
    fn speeds(&self, field: &str, head: usize, base: f64) -> Result<Vec<f32>, String> {
        let base = self.rope_theta.unwrap_or(base);
        let positive = |name: &str, value: Option<f64>| match value {
            Some(value) if value > 0.0 && value.is_finite() => Ok(value as f32),
            Some(value) => Err(format!("{field}: {name} is {value}; expected > 0")),
            None => Err(format!("{field}: no {name}; expected a number > 0")),
        };
        positive("rope_theta", Some(base))?;
        if let Some(part) = self.partial_rotary_factor.filter(|&part| part != 1.0) {
            return Err(format!("{field}: partial_rotary_factor is {part}; expected 1"));
        }
        let speeds = speeds(base, head);
        match self.rope_type.as_deref() {
            None | Some("default") => Ok(speeds),
            Some("linear") => {
                let factor = positive("factor", self.factor)?;
                Ok(speeds.into_iter().map(|speed| speed / factor).collect())
            }
            Some("llama3") => {
                let factor = positive("factor", self.factor)?;
                let low = positive("low_freq_factor", self.low_freq_factor)?;
                let high = positive("high_freq_factor", self.high_freq_factor)?;
                let old = self.original_max_position_embeddings;
                let old = positive("original_max_position_embeddings", old)?;
                if high <= low {
                    return Err(format!(
                        "{field}: high_freq_factor is {high}; expected more than low_freq_factor, {low}"
                    ));
                }
                let scaled = |speed: f32| {
                    let length = 2.0 * std::f32::consts::PI / speed;
                    if length < old / high {
                        speed
                    } else if length > old / low {
                        speed / factor
                    } else {
                        let smooth = (old / length - low) / (high - low);
                        (1.0 - smooth) * speed / factor + smooth * speed
                    }
                };
                Ok(speeds.into_iter().map(scaled).collect())
            }
            Some(other) => {
                Err(format!("{field}: rope_type is `{other}`; expected default, linear or llama3"))
            }
        }
    }
}
