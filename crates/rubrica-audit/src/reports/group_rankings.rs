//! Do groups of people agree on who is better? (PRISM; Kirk et al., 2024.) A leaderboard from the ratings
//! of each group, and Kendall's correlation between every two.

use std::collections::BTreeMap;

use rubrica_core::{Signature, Undefined};
use rubrica_stats::correlation::kendall_tau_b;
use serde::{Deserialize, Serialize};

use super::report::{Example, Report};
use super::user_ratings::{self, UserRating, checked, rating_battles};
use crate::audit::Measured;
use crate::error::{AuditError, Result};
use crate::leaderboard::{Battles, Leaderboard, RankOptions, RatedModel, rank};

/// How to rank.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GroupRankingOptions {
    /// Ratings at most so far apart are a tie.
    pub tie_threshold: f64,
    /// Count opening turns alone, whose responses answer the same words.
    pub openers: bool,
    /// How battles become ratings.
    pub rank: RankOptions,
}

impl Default for GroupRankingOptions {
    fn default() -> Self {
        Self { tie_threshold: 5.0, openers: true, rank: RankOptions::default() }
    }
}

/// The leaderboard of one group.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupBoard {
    /// Users.
    pub users: usize,
    /// Ratings that count.
    pub ratings: usize,
    /// Battles.
    pub battles: usize,
    /// The leaderboard.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub board: Option<Leaderboard>,
    /// Why there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Undefined>,
}

/// Leaderboards by group.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupRankings {
    /// Of all users.
    pub overall: GroupBoard,
    /// By group; users without one are in none.
    pub groups: BTreeMap<String, GroupBoard>,
    /// Kendall's tau-b of the ratings of every two groups, in the order of `groups`, over the models that
    /// both have.
    pub kendall: Vec<Vec<Measured>>,
    /// Kendall's tau-b of each group with all users, in the order of `groups`.
    pub with_overall: Vec<Measured>,
    /// What produced it.
    pub signature: Signature,
}

/// Ranks models by the ratings of each group of users. A group in which no ratings exist says why.
///
/// # Errors
/// [`AuditError::Statistic`] without ratings; [`AuditError::Input`] for one that is not finite, a negative
/// threshold, or a user in two groups.
pub fn group_rankings(
    ratings: &[UserRating],
    options: &GroupRankingOptions,
) -> Result<GroupRankings> {
    checked(ratings)?;
    let mut group_of: BTreeMap<&str, Option<&str>> = BTreeMap::new();
    let mut members: BTreeMap<&str, Vec<UserRating>> = BTreeMap::new();
    let mut all = Vec::new();
    for (index, rating) in ratings.iter().enumerate() {
        let group = rating.group.as_deref();
        let known = *group_of.entry(&rating.user_id).or_insert(group);
        if known != group {
            let problem = format!(
                "puts {} into `{}` and `{}`",
                rating.user_id,
                known.unwrap_or(""),
                group.unwrap_or("")
            );
            return Err(AuditError::invalid(
                format!("[{index}].group"),
                problem,
                "one group a user",
            ));
        }
        if rating.opening || !options.openers {
            all.push(rating.clone());
            if let Some(group) = group {
                members.entry(group).or_default().push(rating.clone());
            }
        }
    }
    let overall = board(&all, options)?;
    let mut groups = BTreeMap::new();
    for (group, ratings) in members {
        groups.insert(group.to_owned(), board(&ratings, options)?);
    }
    let boards: Vec<&GroupBoard> = groups.values().collect();
    let kendall = boards
        .iter()
        .map(|one| boards.iter().map(|other| agreement(one, other)).collect())
        .collect();
    let with_overall = boards.iter().map(|one| agreement(one, &overall)).collect();
    let mut signature = Signature::new("group-rankings")
        .with("tie_threshold", options.tie_threshold)
        .with("turns", if options.openers { "opening" } else { "all" })
        .with("method", options.rank.method);
    signature.seed = (options.rank.bootstrap > 0).then_some(options.rank.seed);
    Ok(GroupRankings { overall, groups, kendall, with_overall, signature })
}

fn board(ratings: &[UserRating], options: &GroupRankingOptions) -> Result<GroupBoard> {
    let rows = if ratings.is_empty() {
        Vec::new()
    } else {
        rating_battles(ratings, options.tie_threshold)?
    };
    let mut battles = Battles::new(options.rank.method);
    for row in &rows {
        battles.push(row)?;
    }
    let mut users: Vec<&str> = ratings.iter().map(|r| r.user_id.as_str()).collect();
    users.sort_unstable();
    users.dedup();
    let (board, error) = match rank(&battles, &options.rank) {
        Ok(board) => (Some(board), None),
        Err(error) => {
            let (code, reason) = (error.code().to_owned(), error.to_string());
            (None, Some(Undefined { code, reason }))
        }
    };
    let (users, battles) = (users.len(), rows.len());
    Ok(GroupBoard { users, ratings: ratings.len(), battles, board, error })
}

fn agreement(one: &GroupBoard, other: &GroupBoard) -> Measured {
    if let Some(error) = one.error.as_ref().or(other.error.as_ref()) {
        return error.clone().into();
    }
    let of: BTreeMap<&str, f64> = rated(other).map(|m| (m.model.as_str(), m.rating)).collect();
    let both = rated(one).filter_map(|m| Some((m.rating, *of.get(m.model.as_str())?)));
    let (x, y): (Vec<f64>, Vec<f64>) = both.unzip();
    kendall_tau_b(&x, &y).into()
}

/// The models of a board that has ratings.
fn rated(board: &GroupBoard) -> impl Iterator<Item = &RatedModel> {
    board.board.iter().flat_map(|board| &board.ratings)
}

impl Report for GroupRankings {
    const NAME: &'static str = "group-rankings";
    const QUESTION: &'static str = "Do groups of people rank models alike?";
    const SOURCE: &'static str = "PRISM; Kirk et al., 2024";
    const ROW: &'static str = "user_id, model, score, turn?, opening?, group?";
    const EXAMPLE: Example = Example { options: "{}", rows: user_ratings::EXAMPLE };
    type Row = UserRating;
    type Options = GroupRankingOptions;

    fn run(rows: Vec<Self::Row>, options: &Self::Options) -> Result<Self> {
        group_rankings(&rows, options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leaderboard::RankMethod;

    /// Two groups, of which one has the models the other way round; a third is a single user.
    fn ratings() -> Vec<UserRating> {
        let mut rows = Vec::new();
        for user in 0..40 {
            let group = if user % 2 == 0 { "up" } else { "down" };
            for (place, model) in ["a", "b", "c"].into_iter().enumerate() {
                let own = if group == "up" { place } else { 2 - place } as f64;
                // One in ten of a group has it otherwise, so that all is connected.
                let score = if user % 20 < 2 { 60.0 - 20.0 * own } else { 20.0 + 20.0 * own };
                rows.push(UserRating {
                    user_id: format!("u{user}"),
                    model: model.into(),
                    score,
                    turn: None,
                    opening: true,
                    group: Some(group.into()),
                });
            }
        }
        let one = UserRating { user_id: "x".into(), group: Some("lone".into()), ..rows[0].clone() };
        let two = UserRating { model: "b".into(), score: 99.0, ..one.clone() };
        rows.extend([one, two]);
        rows
    }

    #[test]
    fn groups_disagree() {
        for method in [RankMethod::BradleyTerry, RankMethod::RankCentrality, RankMethod::Elo] {
            let rank = RankOptions { method, ..RankOptions::default() };
            let options = GroupRankingOptions { rank, ..GroupRankingOptions::default() };
            let found = group_rankings(&ratings(), &options).expect("valid");
            let first = |group: &str| {
                let board = found.groups[group].board.as_ref().expect("ranked");
                board.ratings[0].model.clone()
            };
            assert_eq!((first("up").as_str(), first("down").as_str()), ("c", "a"));
            let names: Vec<&String> = found.groups.keys().collect();
            assert_eq!(names, ["down", "lone", "up"]);
            assert!(
                (found.kendall[0][2].value().expect("defined") + 1.0).abs() < 1e-12,
                "{method}"
            );
            assert!((found.kendall[0][0].value().expect("defined") - 1.0).abs() < 1e-12);
            assert_eq!((found.groups["up"].users, found.groups["up"].battles), (20, 60));
        }
        let found = group_rankings(&ratings(), &GroupRankingOptions::default()).expect("valid");
        assert_eq!(found.groups["lone"].error.as_ref().expect("one way").code, "not_connected");
        for cell in &found.kendall[1] {
            assert_eq!(cell.error().expect("no ratings").code, "not_connected");
        }
    }

    #[test]
    fn degenerate_ratings() {
        let options = GroupRankingOptions::default();
        assert_eq!(group_rankings(&[], &options).expect_err("none").code(), "too_few_values");
        let mut rows = ratings();
        rows[1].group = Some("down".into());
        let error = group_rankings(&rows, &options).expect_err("two groups");
        assert_eq!(error.path(), Some("[1].group"));
        let mut later = ratings();
        later.iter_mut().for_each(|r| r.opening = false);
        let found = group_rankings(&later, &options).expect("no openers");
        assert_eq!((found.overall.battles, found.groups.len()), (0, 0));
        assert_eq!(found.overall.error.expect("nothing").code, "too_few_values");
        let all = GroupRankingOptions { openers: false, ..options };
        assert!(group_rankings(&later, &all).expect("all turns").overall.board.is_some());
        let bad = GroupRankingOptions { tie_threshold: -1.0, ..GroupRankingOptions::default() };
        assert_eq!(group_rankings(&rows[2..], &bad).expect_err("").path(), Some("tie_threshold"));
    }
}
