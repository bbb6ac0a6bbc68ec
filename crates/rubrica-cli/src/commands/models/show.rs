//! `rubrica models show`: what is known of one model.

use anyhow::Result;
use rubrica::catalogue::{Manifest, ModelFolder, ModelKind};
use rubrica::models::{ChunkUnit, JudgeCard};

use crate::commands::Outcome;
use crate::output::Output;

/// Show what is known of a model: its card, licence, files
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  rubrica models show rubrica-judge-mini\n  rubrica models show nli"
)]
pub(super) struct Args {
    /// Its id
    id: String,
}

pub(super) fn run(args: &Args, store: &ModelFolder) -> Result<Outcome> {
    let manifest = store.known(&args.id)?;
    let mut output = Output::standard();
    let Manifest { id, title, kind, license, source, .. } = &manifest;
    let mut rows = vec![
        ("title", title.clone()),
        ("kind", kind.name().to_owned()),
        ("licence", license.clone()),
        ("source", source.clone()),
    ];
    if *kind == ModelKind::Published {
        rows.extend(of_card(&store.load(id)?.card()?));
    }
    rows.retain(|(_, value)| !value.is_empty());
    output.text(&format!("{id}\n"))?;
    for (name, value) in rows {
        output.text(&format!("    {name:<12} {}\n", value.replace('\n', "\n                 ")))?;
    }
    for file in &manifest.files {
        output
            .text(&format!("    {:<28} {:>11} bytes  {}\n", file.name, file.bytes, file.sha256))?;
    }
    output.finish()?;
    Ok(Outcome::Done)
}

/// What a card says, by name.
fn of_card(card: &JudgeCard) -> Vec<(&'static str, String)> {
    let models = card.models.iter().map(|model| {
        let scores = model.scores.iter();
        let scores =
            scores.map(|s| format!("; {} {} {} ({})", s.benchmark, s.metric, s.value, s.source));
        format!(
            "{}, {} M parameters{}",
            model.repository,
            model.parameters,
            scores.collect::<String>()
        )
    });
    let labels: Vec<String> = card.output.meanings.iter().map(|m| format!("{m:?}")).collect();
    let chunks = card.chunks.map_or("no pieces: what does not fit is cut".to_owned(), |rule| {
        let unit = match rule.unit {
            ChunkUnit::Tokens => "tokens",
            ChunkUnit::Words => "words",
        };
        format!("in pieces of at most {} {unit}", rule.most)
    });
    let calibration = card.calibration.as_ref().map_or("none".to_owned(), |c| {
        format!("slope {}, intercept {}, fitted on {}", c.slope, c.intercept, c.fitted_on)
    });
    let example = card.cases.first().map(|case| {
        let second = case.second.as_ref().map(|second| format!("\n{second:?}"));
        format!("{:?}{}", case.first, second.unwrap_or_default())
    });
    vec![
        ("card", card.id.clone()),
        ("tells", card.tells.name().to_owned()),
        ("classes", card.classes.join(", ")),
        ("published as", models.collect::<Vec<_>>().join("\n")),
        ("labels", labels.join(", ")),
        ("window", format!("{} tokens; {chunks}", card.reading.window)),
        ("calibration", calibration),
        ("reads", example.unwrap_or_default()),
    ]
}
