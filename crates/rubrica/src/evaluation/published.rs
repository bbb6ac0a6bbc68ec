//! Figures that others published for the same sets, to be read beside ours.
//!
//! They were measured on whole sets, ours on whatever rows are given; so they are marks to look at, not
//! competitors in one table. Sources: JudgeBench, RM-Bench, LLMBar, Auto-J, PandaLM, Prometheus, UniEval,
//! SummEdits, FELM and WiCE, from their papers or recomputed from their published files.

/// `(model, value)` for `metric` on `set`; empty where nothing is known.
pub fn published(set: &str, metric: &str) -> &'static [(&'static str, f64)] {
    LINES.iter().find(|(s, m, _)| *s == set && *m == metric).map_or(&[], |(_, _, figures)| figures)
}

type Line = (&'static str, &'static str, &'static [(&'static str, f64)]);

const LINES: &[Line] = &[
    ("pandalm_test", "accuracy_with_ties", &[("GPT-3.5", 0.711), ("PandaLM-7B", 0.668)]),
    (
        "autoj_eval_p",
        "accuracy_with_ties",
        &[("GPT-4", 0.623), ("Auto-J", 0.550), ("OASST reward model", 0.511), ("ChatGPT", 0.427)],
    ),
    (
        "judgebench_gpt4o",
        "accuracy",
        &[("o1-mini", 0.657), ("Skywork-27B", 0.643), ("Skywork-8B", 0.623), ("GRM-2B", 0.594)],
    ),
    ("rmbench_chat", "accuracy", &[("DeepSeek-R1", 0.842)]),
    ("rmbench_code", "accuracy", &[("DeepSeek-R1", 0.727)]),
    ("hhh_alignment", "accuracy", &[("Prometheus-2-8x7B", 0.855), ("Prometheus-13B", 0.792)]),
    (
        "prometheus_mt_bench_eval",
        "pearson",
        &[("GPT-4 with itself", 0.892), ("Prometheus-13B", 0.47)],
    ),
    ("summeval/coherence", "spearman", &[("GPT-4o", 0.39), ("Llama-3.1-8B", 0.26)]),
    ("summeval/consistency", "spearman", &[("GPT-4o", 0.35), ("Llama-3.1-8B", 0.33)]),
    ("summeval/fluency", "spearman", &[("GPT-4o", 0.27), ("Llama-3.1-8B", 0.18)]),
    ("summeval/relevance", "spearman", &[("GPT-4o", 0.41), ("Llama-3.1-8B", 0.40)]),
    ("usr_topical_chat/naturalness", "spearman", &[("UniEval", 0.51)]),
    ("usr_topical_chat/coherence", "spearman", &[("UniEval", 0.61)]),
    ("usr_topical_chat/engagingness", "spearman", &[("UniEval", 0.61)]),
    ("usr_topical_chat/groundedness", "spearman", &[("UniEval", 0.58)]),
    ("usr_topical_chat/understandability", "spearman", &[("UniEval", 0.47)]),
    ("qags_cnndm", "pearson", &[("UniEval", 0.682)]),
    ("qags_xsum", "pearson", &[("UniEval", 0.461)]),
    ("felm", "balanced_accuracy", &[("GPT-4", 0.671), ("ChatGPT", 0.559)]),
    ("wice_claim_test", "auroc", &[("T5-3B, tuned", 0.95), ("GPT-4", 0.80), ("GPT-3.5", 0.57)]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_shares_or_correlations() {
        assert!(
            LINES.iter().flat_map(|(_, _, figures)| *figures).all(|(_, v)| (0.0..1.0).contains(v))
        );
        assert_eq!(published("felm", "balanced_accuracy")[0].0, "GPT-4");
        assert!(published("felm", "accuracy").is_empty());
    }
}
