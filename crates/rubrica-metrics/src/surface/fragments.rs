//! Runs of words that a text shares with a source.

use crate::text::{TokenMap, Vocabulary, words};

/// A source in which any run of words is found in time linear in the run: its suffix automaton.
///
/// Blumer et al., "The smallest automaton recognizing the subwords of a text", Theoretical Computer
/// Science 40, 1985.
pub(super) struct Source {
    vocabulary: Vocabulary<String>,
    /// Where a word leads from a state.
    next: TokenMap<(u32, u32), u32>,
    /// Words in the source.
    pub(super) words: usize,
}

/// While an automaton is built: the longest run of a state, where its shorter ones are, and the words
/// that lead on.
struct State {
    length: u32,
    link: Option<u32>,
    edges: Vec<u32>,
}

impl Source {
    /// The passages of a source; no run crosses from one to the next.
    pub(super) fn new(passages: &[&str]) -> Self {
        let mut vocabulary = Vocabulary::default();
        let mut builder = Builder {
            states: vec![State { length: 0, link: None, edges: Vec::new() }],
            next: TokenMap::default(),
            last: 0,
        };
        let mut words = 0;
        for passage in passages {
            // Starting over keeps passages apart.
            builder.last = 0;
            for id in ids(&mut vocabulary, passage) {
                builder.extend(id);
                words += 1;
            }
        }
        Self { vocabulary, next: builder.next, words }
    }

    /// `text` as ids, for the other functions.
    pub(super) fn ids(&mut self, text: &str) -> Vec<u32> {
        ids(&mut self.vocabulary, text)
    }

    /// Length of the longest run at the start of `ids` that stands in the source.
    pub(super) fn longest(&self, ids: &[u32]) -> usize {
        let mut state = 0;
        let known = ids.iter().take_while(|id| match self.next.get(&(state, **id)) {
            Some(next) => {
                state = *next;
                true
            }
            None => false,
        });
        known.count()
    }

    /// Lengths of the extractive fragments of `ids`: read from the start, each the longest run that
    /// stands in the source.
    ///
    /// Grusky, Naaman and Artzi, "Newsroom", NAACL 2018, figure 3.
    pub(super) fn fragments(&self, ids: &[u32]) -> Vec<usize> {
        let (mut fragments, mut at) = (Vec::new(), 0);
        while at < ids.len() {
            let length = self.longest(&ids[at..]);
            if length > 0 {
                fragments.push(length);
            }
            at += length.max(1);
        }
        fragments
    }
}

fn ids(vocabulary: &mut Vocabulary<String>, text: &str) -> Vec<u32> {
    vocabulary.ids(words(&text.to_lowercase()).map(|word| word.replace('’', "'")))
}

struct Builder {
    states: Vec<State>,
    next: TokenMap<(u32, u32), u32>,
    last: u32,
}

impl Builder {
    fn add(&mut self, state: State) -> u32 {
        self.states.push(state);
        self.states.len() as u32 - 1
    }

    fn lead(&mut self, from: u32, id: u32, to: u32) {
        if self.next.insert((from, id), to).is_none() {
            self.states[from as usize].edges.push(id);
        }
    }

    /// The state for the runs that end in `from` followed by `id`, given that `to` follows: `to`
    /// itself, or a part of it split off.
    fn split(&mut self, from: u32, id: u32, to: u32) -> u32 {
        let length = self.states[from as usize].length + 1;
        if self.states[to as usize].length == length {
            return to;
        }
        let link = self.states[to as usize].link;
        let edges = self.states[to as usize].edges.clone();
        let part = self.add(State { length, link, edges: Vec::new() });
        for edge in edges {
            let end = self.next[&(to, edge)];
            self.lead(part, edge, end);
        }
        self.states[to as usize].link = Some(part);
        let mut state = Some(from);
        while let Some(from) = state.filter(|from| self.next.get(&(*from, id)) == Some(&to)) {
            self.lead(from, id, part);
            state = self.states[from as usize].link;
        }
        part
    }

    /// Appends one word to the passage.
    fn extend(&mut self, id: u32) {
        // A second passage may repeat what the first one said.
        if let Some(to) = self.next.get(&(self.last, id)).copied() {
            self.last = self.split(self.last, id, to);
            return;
        }
        let length = self.states[self.last as usize].length + 1;
        let new = self.add(State { length, link: Some(0), edges: Vec::new() });
        let mut state = Some(self.last);
        while let Some(from) = state {
            if let Some(to) = self.next.get(&(from, id)).copied() {
                let link = self.split(from, id, to);
                self.states[new as usize].link = Some(link);
                break;
            }
            self.lead(from, id, new);
            state = self.states[from as usize].link;
        }
        self.last = new;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn longest_by_search(passages: &[Vec<&str>], text: &[&str]) -> usize {
        let stands = |n: usize| passages.iter().any(|p| p.windows(n).any(|run| run == &text[..n]));
        (1..=text.len()).rev().find(|n| stands(*n)).unwrap_or(0)
    }

    proptest! {
        #[test]
        fn the_automaton_agrees_with_a_search(
            passages in prop::collection::vec(
                prop::collection::vec(prop::sample::select(vec!["a", "b", "c"]), 0..12), 1..4),
            text in prop::collection::vec(prop::sample::select(vec!["a", "b", "c", "d"]), 0..12),
        ) {
            let joined: Vec<String> = passages.iter().map(|p| p.join(" ")).collect();
            let mut source = Source::new(&joined.iter().map(String::as_str).collect::<Vec<_>>());
            let ids = source.ids(&text.join(" "));
            for at in 0..text.len() {
                let expected = longest_by_search(&passages, &text[at..]);
                prop_assert_eq!(source.longest(&ids[at..]), expected);
            }
        }
    }

    #[test]
    fn fragments_are_the_longest_from_the_left() {
        let mut source = Source::new(&["the cat sat on the mat", "a dog"]);
        let ids = source.ids("The cat sat, then a dog on the mat. Mat a");
        assert_eq!(source.fragments(&ids), [3, 2, 3, 1, 1]);
        assert_eq!(source.words, 8);
    }
}
