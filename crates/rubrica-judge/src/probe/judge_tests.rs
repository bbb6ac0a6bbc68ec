use super::super::head::tests::{linear, weights};
use super::super::rubric_width;
use super::*;
use pollster::block_on;
use rubrica_core::{ModelSignature, Quiet};

/// Tokens are words; a word's vector says whether it is `good`, and how long it is.
struct Words {
    info: ModelInfo,
    reads: RefCell<usize>,
}

impl Words {
    fn new() -> Self {
        let signature = ModelSignature {
            id: "words".into(),
            sha256: "1".repeat(64),
            precision: "f32".into(),
            files: None,
        };
        let info = ModelInfo { signature, device: "flex".into(), template: String::new() };
        Self { info, reads: RefCell::new(0) }
    }
}

impl EmbedModel for Words {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn dim(&self) -> usize {
        2
    }

    async fn embed(&self, texts: &[&str], job: &dyn Job) -> Result<Vec<Vec<f32>>> {
        let states = self.embed_tokens(texts, None, job).await?;
        Ok(states.into_iter().map(|s| s.embedding).collect())
    }

    async fn embed_tokens(
        &self,
        texts: &[&str],
        _layer: Option<usize>,
        _job: &dyn Job,
    ) -> Result<Vec<TokenEmbeddings>> {
        *self.reads.borrow_mut() += texts.len();
        let one = |text: &&str| {
            let mut states = TokenEmbeddings {
                dim: 2,
                vectors: Vec::new(),
                spans: Vec::new(),
                ids: Vec::new(),
                embedding: Vec::new(),
            };
            let mut at = 0;
            for word in text.split_inclusive(' ') {
                let length = word.chars().count();
                states.vectors.extend([f32::from(word.trim() == "good"), 1.0]);
                states.spans.push(Span::new(at, at + length));
                states.ids.push(length as u32);
                at += length;
            }
            states.embedding = Pooled::of(&states).unit();
            states
        };
        Ok(texts.iter().map(one).collect())
    }
}

/// Scores by the first entry of the response's embedding: the share of `good`.
fn judge(budget: usize) -> ProbeJudge<Words> {
    let mut weights = weights(2);
    weights.rubric = linear(rubric_width(2), &[(super::super::SCALARS, 6.0)]);
    let budget = OcclusionBudget { tokens: budget };
    ProbeJudge::new(Words::new(), weights, budget).expect("fits")
}

fn input(response: &str) -> JudgeInput<'_> {
    JudgeInput { instruction: "Say it.", response, ..JudgeInput::default() }
}

#[test]
fn more_texts_than_the_memory_holds() {
    let judge = judge(0);
    let criteria = [Criterion::new("a", "first")];
    let texts: Vec<String> = (0..2 * MEMORY).map(|i| format!("good {i}")).collect();
    let prompts: Vec<String> = texts.iter().map(|t| format!("Say {t}.")).collect();
    let inputs: Vec<JudgeInput<'_>> = texts
        .iter()
        .zip(&prompts)
        .map(|(response, instruction)| JudgeInput { instruction, ..input(response) })
        .collect();
    assert_eq!(block_on(judge.rate(&inputs, &criteria, &Quiet)).expect("rates").len(), 2 * MEMORY);
    assert_eq!(block_on(judge.reward(&inputs, &Quiet)).expect("rewards").len(), 2 * MEMORY);
    assert!(judge.seen.borrow().len() <= MEMORY);
}

#[test]
fn rates_every_input_under_every_criterion() {
    let judge = judge(0);
    let criteria = [Criterion::new("a", "first"), Criterion::new("b", "second")];
    let inputs = [input("good good"), input("bad words here")];
    let empty = block_on(judge.rate(&[input("")], &criteria, &Quiet)).expect("rates");
    assert_eq!(empty.len(), 1);
    let rows = block_on(judge.rate(&inputs, &criteria, &Quiet)).expect("rates");
    assert_eq!((rows.len(), rows[0].len()), (2, 2));
    assert!(rows[0][0].distribution.mean() > rows[1][0].distribution.mean());
    assert_eq!(RubricModel::info(&judge).template, TEMPLATE);
    assert_eq!(RubricModel::info(&judge).signature.id, "probe+words");
}

#[test]
fn occlusion_ranks_sentences_and_says_what_was_reread() {
    let text = "good start. bad middle. good end.";
    let spans = [Span::new(0, 5), Span::new(12, 16), Span::new(24, 29)];
    let criteria = [Criterion::new("a", "first")];
    let pooled =
        block_on(judge(0).rate_without(input(text), &criteria, &spans, &Quiet)).expect("occludes");
    assert!(pooled.iter().all(|row| !row[0].exact));
    assert!(pooled[0][0].score < pooled[1][0].score);

    let judge = judge(12);
    let exact =
        block_on(judge.rate_without(input(text), &criteria, &spans, &Quiet)).expect("occludes");
    assert_eq!(exact.iter().filter(|row| row[0].exact).count(), 2);
    let again = input("bad middle. good end.");
    // Re-reading is scoring the cut text.
    let direct = block_on(judge.rate(&[again], &criteria, &Quiet)).expect("rates");
    let cut = exact[0][0];
    assert!(!cut.exact || (cut.score - direct[0][0].distribution.mean()).abs() < 0.2);
}

#[test]
fn texts_are_read_once() {
    let judge = judge(0);
    let criteria = [Criterion::new("a", "first")];
    let text = "good bad";
    block_on(judge.rate(&[input(text)], &criteria, &Quiet)).expect("rates");
    let reads = *judge.encoder.reads.borrow();
    assert_eq!(reads, 3, "instruction, response, criterion");
    block_on(judge.rate_without(input(text), &criteria, &[Span::new(0, 5)], &Quiet))
        .expect("occludes");
    block_on(judge.reward(&[input(text)], &Quiet)).expect("rewards");
    assert_eq!(*judge.encoder.reads.borrow(), reads);
}

#[test]
fn reward_prefers_by_its_head() {
    let judge = judge(0);
    let inputs = [input("one two three four"), input("one")];
    let rewards = block_on(judge.reward(&inputs, &Quiet)).expect("rewards");
    assert!(rewards[0] > rewards[1]);
}
