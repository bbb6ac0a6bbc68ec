use rubrica_core::Preference;

use super::*;

fn battles(method: RankMethod, rows: &[(&str, &str, Preference)]) -> Battles {
    let mut battles = Battles::new(method);
    for (a, b, winner) in rows {
        let battle = NamedBattle { model_a: (*a).into(), model_b: (*b).into(), winner: *winner };
        battles.push(&battle).expect("sound");
    }
    battles
}

fn cycle() -> Vec<(&'static str, &'static str, Preference)> {
    let mut rows = Vec::new();
    for _ in 0..30 {
        rows.push(("gold", "iron", Preference::A));
        rows.push(("iron", "tin", Preference::A));
        rows.push(("tin", "gold", Preference::B));
        rows.push(("tin", "iron", Preference::Tie));
    }
    rows.push(("tin", "gold", Preference::A));
    rows.push(("iron", "gold", Preference::A));
    rows
}

#[test]
fn every_method_puts_the_best_first() {
    for method in RankMethod::ALL {
        for bootstrap in [0, 40] {
            if method == RankMethod::KSort && bootstrap > 0 {
                continue;
            }
            let options = RankOptions { method, bootstrap, ..RankOptions::default() };
            let ranking = rank(&battles(method, &cycle()), &options).expect("connected");
            assert_eq!(ranking.ratings[0].model, "gold", "{method}");
            assert_eq!(ranking.ratings[0].rank, 1);
            let gold = &ranking.ratings[0];
            assert_eq!((gold.wins, gold.ties, gold.losses), (60, 0, 2));
            if let (Some(lower), Some(upper)) = (gold.lower(), gold.upper()) {
                assert!(lower <= gold.rating && gold.rating <= upper, "{method} {gold:?}");
            }
            let again = rank(&battles(method, &cycle()), &options).expect("connected");
            assert_eq!(ranking, again);
        }
    }
}

#[test]
fn the_matrix_has_the_order_of_the_ratings() {
    let options = RankOptions { matrix: true, ..RankOptions::default() };
    let board = rank(&battles(options.method, &cycle()), &options).expect("connected");
    let matrix = board.matrix.expect("asked for");
    assert_eq!(board.ratings[1].model, "iron");
    // Gold beat iron 30 times, and iron gold once.
    assert_eq!((matrix[0][1], matrix[1][0]), ([30, 0, 1], [1, 0, 30]));
    assert_eq!(matrix[2][2], [0; 3]);
}

#[test]
fn published_shapes_are_battles() {
    let read = |method, text: &str| Battles::read(method, text.as_bytes()).expect("valid");
    let plain = RankMethod::BradleyTerry;
    let arena = "{\"model_a\":\"x\",\"model_b\":\"y\",\"winner\":\"model_a\",\"turn\":1}\n\
        {\"model_a\":\"x\",\"model_b\":\"y\",\"winner\":\"tie (bothbad)\"}\n";
    let options = RankOptions::default();
    let expected = rank(&read(plain, arena), &options).expect("connected");
    // A three to one: 400 log10 of 3.
    let gap = expected.ratings[0].rating - expected.ratings[1].rating;
    assert!((gap - 400.0 * 3f64.log10()).abs() < 1e-9, "{gap}");
    let icai = r#"{"metadata": {"default_annotator": "p"}, "comparisons": [
        {"response_a": {"model": "x"}, "response_b": {"model": "y"},
         "annotations": {"p": {"pref": "a"}, "q": {"pref": "b"}}},
        {"response_a": {"model": "y"}, "response_b": {"model": "x"},
         "annotations": {"p": {"pref": "tie"}}}]}"#;
    let table = "model,scenario,score\nx,s,2\ny,s,1\nx,t,3\ny,t,3\n";
    let rankings = "{\"ranking\":[\"x\",\"y\"]}\n{\"ranking\":[[\"x\",\"y\"]]}\n";
    for text in [icai, table, rankings] {
        assert_eq!(rank(&read(plain, text), &options).expect("connected"), expected, "{text}");
    }
    let bench = "chosen_model,rejected_model,subset\nx,y,chat\ny,x,chat\n";
    let level = rank(&read(plain, bench), &options).expect("connected");
    assert_eq!((level.ratings[0].rating, level.ratings[0].tier), (1000.0, 1));
}

#[test]
fn a_ranking_of_four_is_one_update_of_beliefs() {
    let method = RankMethod::KSort;
    let text = "{\"ranking\":[\"a\",\"b\",\"c\",\"d\"]}";
    let battles = Battles::read(method, text.as_bytes()).expect("valid");
    let options = RankOptions { method, ..RankOptions::default() };
    let board = rank(&battles, &options).expect("four");
    for (model, mean) in board.ratings.iter().zip([37.6157, 29.2052, 20.7948, 12.3843]) {
        assert!((model.rating - (mean - 3.0 * 4.0488)).abs() < 1e-3, "{model:?}");
    }
    assert_eq!((board.ratings[0].wins, board.ratings[3].losses), (3, 3));
    // Elo knows pairs: of the same ranking it makes six battles.
    let method = RankMethod::Elo;
    let battles = Battles::read(method, text.as_bytes()).expect("valid");
    assert_eq!(battles.len(), 6);
    let board = rank(&battles, &RankOptions { method, ..options.clone() }).expect("four");
    assert_eq!(board.ratings[0].model, "a");
    let mixed = rank(&battles, &options).expect_err("battles of another method");
    assert_eq!(mixed.path(), Some("method"));
    let twice = Battles::read(method, "{\"ranking\":[\"a\",\"a\"]}".as_bytes());
    assert_eq!(twice.expect_err("twice").path(), Some("line 1: ranking"));
    let scores = Battles::read(method, "model,scenario,score\na,s,1\na,s,2\n".as_bytes());
    assert_eq!(scores.expect_err("twice").path(), Some("line 3: score"));
}

#[test]
fn what_cannot_be_ranked_is_told_by_name() {
    let method = RankMethod::BradleyTerry;
    let rows = [("gold", "tin", Preference::A)];
    let error = rank(&battles(method, &rows), &RankOptions::default()).expect_err("one way");
    assert_eq!(error.code(), "not_connected");
    assert!(error.to_string().contains("gold") && error.to_string().contains("tin"), "{error}");
    let none = rank(&Battles::new(method), &RankOptions::default()).expect_err("none");
    assert_eq!(none.code(), "too_few_values");
    let mut battles = Battles::new(method);
    let itself = NamedBattle { model_a: "x".into(), model_b: "x".into(), winner: Preference::Tie };
    assert_eq!(battles.push(&itself).expect_err("itself").path(), Some("model_b"));
    let empty = NamedBattle { model_a: " ".into(), ..itself };
    assert_eq!(battles.push(&empty).expect_err("no name").path(), Some("model_a"));
}

#[test]
fn categories_have_boards_of_their_own() {
    let rows = [
        ("x", "y", "model_a", Some("maths")),
        ("y", "x", "tie", Some("maths")),
        ("y", "x", "model_a", Some("chat")),
        ("y", "x", "model_a", Some("chat")),
        ("x", "y", "model_a", Some("chat")),
        ("x", "y", "model_a", Some("rare")),
        ("x", "y", "tie", None),
    ];
    let line = |(a, b, winner, category): &(&str, &str, &str, Option<&str>)| {
        let category = category.map_or(String::new(), |c| format!(",\"category\":\"{c}\""));
        format!("{{\"model_a\":\"{a}\",\"model_b\":\"{b}\",\"winner\":\"{winner}\"{category}}}\n")
    };
    let text: String = rows.iter().map(line).collect();
    for method in RankMethod::ALL {
        let battles = Battles::read(method, text.as_bytes()).expect("valid");
        let plain = RankOptions { method, ..RankOptions::default() };
        let alone = rank(&battles, &plain);
        let options = RankOptions { by_category: true, matrix: true, ..plain };
        let found = rank(&battles, &options);
        let (Ok(alone), Ok(found)) = (alone, found) else { panic!("{method}: connected") };
        assert!(alone.by_category.is_empty() && alone.ratings == found.ratings);
        assert_eq!(alone.signature, found.signature);
        let sizes: Vec<(&str, usize)> =
            found.by_category.iter().map(|(name, board)| (name.as_str(), board.n)).collect();
        assert_eq!(sizes, [("chat", 3), ("maths", 2), ("rare", 1)]);
        // A category is ranked as a file of its own.
        let chat: String = rows.iter().filter(|r| r.3 == Some("chat")).map(line).collect();
        let chat = Battles::read(method, chat.as_bytes()).expect("valid");
        let board = &found.by_category["chat"];
        match rank(
            &chat,
            &RankOptions { matrix: true, ..RankOptions { method, ..Default::default() } },
        ) {
            Ok(of_its_own) => {
                assert_eq!(board.ratings, of_its_own.ratings, "{method}");
                assert_eq!(
                    (&board.matrix, board.tie_parameter),
                    (&of_its_own.matrix, of_its_own.tie_parameter)
                );
                // To K-sort, a late surprise counts for more than it does to the others.
                assert!(board.ratings[0].model == "y" || method == RankMethod::KSort, "{method}");
            }
            Err(error) => {
                assert_eq!(board.error.as_ref().map(|e| e.code.as_str()), Some(error.code()))
            }
        }
        let rare = &found.by_category["rare"];
        if method.paired().is_some() {
            let why = rare.error.as_ref().expect("one way");
            assert!(
                why.code == "not_connected" && why.reason.contains('x') && rare.ratings.is_empty()
            );
        }
    }
    let battle = NamedBattle { model_a: "x".into(), model_b: "y".into(), winner: Preference::Tie };
    let mut pushed = Battles::new(RankMethod::BradleyTerry);
    pushed.push_in("draws", &battle).expect("sound");
    let options = RankOptions { by_category: true, ..RankOptions::default() };
    let board = rank(&pushed, &options).expect("level");
    assert_eq!(board.by_category["draws"].ratings, board.ratings);
    // Of scores, a category has those that stand under its name.
    let table = "model,scenario,score,category\nx,s,2,a\ny,s,1,a\nx,t,1,b\ny,t,3,b\n";
    let read = Battles::read(RankMethod::Elo, table.as_bytes()).expect("valid");
    let board = rank(&read, &RankOptions { method: RankMethod::Elo, ..options }).expect("ranked");
    let best = |name: &str| board.by_category[name].ratings[0].model.clone();
    assert_eq!((best("a"), best("b")), ("x".into(), "y".into()));
    let rankings = "{\"ranking\":[\"x\",\"y\"],\"subset\":\"s\"}\n";
    let read = Battles::read(RankMethod::Elo, rankings.as_bytes()).expect("valid");
    assert_eq!(read.categories["s"].len(), 1);
}

fn read(method: RankMethod, text: &str) -> Battles {
    Battles::read(method, text.as_bytes()).expect("valid")
}

/// Arena-Hard counts a strong verdict three times: odds of three to one are 190.85 points.
#[test]
fn weights_and_strong_verdicts_count() {
    let one = |more: &str| format!("{{\"model_a\":\"x\",\"model_b\":\"y\",\"winner\":{more}}}\n");
    let plain = one("\"B>A\"");
    for strong in [one("\"A>>B\""), one("\"model_a\",\"weight\":3"), one("\"x\",\"weight\":\"3\"")]
    {
        let board = rank(
            &read(RankMethod::BradleyTerry, &(strong.clone() + &plain)),
            &RankOptions::default(),
        );
        let board = board.expect("connected");
        let gap = board.ratings[0].rating - board.ratings[1].rating;
        assert!((gap - 190.84850188786497).abs() < 1e-9, "{strong}: {gap}");
        assert_eq!((board.ratings[0].model.as_str(), board.ratings[0].wins), ("x", 1));
        assert!(board.signature.to_string().contains("weights:rows"), "{}", board.signature);
    }
    let table = "model_a,model_b,winner,weight\nx,y,x,2\nx,y,tie,1\nx,y,y,1\nx,y,y,\n";
    let board =
        rank(&read(RankMethod::BradleyTerry, table), &RankOptions::default()).expect("connected");
    // Two and a half to two and a half.
    assert!((board.ratings[0].rating - 1000.0).abs() < 1e-9);
    // Every battle once is as no weights at all.
    let once = one("\"x\",\"weight\":1") + &plain;
    let board =
        rank(&read(RankMethod::BradleyTerry, &once), &RankOptions::default()).expect("connected");
    assert!(!board.signature.to_string().contains("weights"));
    let method = RankMethod::Elo;
    let options = RankOptions { method, ..RankOptions::default() };
    let elo = |text: &str| rank(&read(method, text), &options).expect("rated").ratings[0].rating;
    assert!((elo(&one("\"A>>B\"")) - 1006.0).abs() < 1e-9, "three times two points");
    let error =
        Battles::read(RankMethod::KSort, one("\"A>>B\"").as_bytes()).expect_err("no weights");
    assert_eq!(error.path(), Some("line 1: weight"));
    for bad in ["0", "-1", "\"heavy\"", "1e300"] {
        let text = one(&format!("\"x\",\"weight\":{bad}"));
        let error = Battles::read(RankMethod::BradleyTerry, text.as_bytes()).expect_err(bad);
        assert_eq!(error.path(), Some("line 1: weight"), "{error}");
    }
}

#[test]
fn undefeated_models_have_open_bounds() {
    let line = |a: &str, b: &str, winner: &str, n: usize| {
        format!("{{\"model_a\":\"{a}\",\"model_b\":\"{b}\",\"winner\":\"{winner}\"}}\n").repeat(n)
    };
    let text = line("a", "b", "model_a", 9)
        + &line("a", "b", "model_b", 1)
        + &line("b", "c", "model_a", 8)
        + &line("b", "c", "model_b", 7)
        + &line("a", "c", "model_a", 5);
    for method in [RankMethod::BradleyTerry, RankMethod::RankCentrality] {
        let options = RankOptions { method, bootstrap: 400, seed: 3, ..RankOptions::default() };
        let board = rank(&read(method, &text), &options).expect("connected");
        let resamples = board.resamples.expect("a bootstrap");
        // One loss in thirty battles is missing from a resample about (29/30)^30 of the time.
        let share = 1.0 - resamples.finite as f64 / resamples.drawn as f64;
        assert!((0.25..0.5).contains(&share), "{method}: {share}");
        let [a, b, _] = &board.ratings[..] else { panic!("three models") };
        assert_eq!((a.model.as_str(), a.upper()), ("a", None), "{method}");
        let open = a.interval.expect("an interval").unbounded.expect("undefeated");
        assert!(open.above > 100 && open.below == 0, "{open:?}");
        assert!(b.upper().is_some() && b.interval.expect("an interval").unbounded.is_some());
        let json = serde_json::to_value(&board).expect("JSON");
        assert!(json["ratings"][0]["upper"].is_null() && json["ratings"][0]["lower"].is_number());
        assert_eq!(json["ratings"][0]["unbounded"]["above"], open.above);
        assert_eq!(json["resamples"]["drawn"], 400);
    }
}

#[test]
fn options_that_mean_nothing_are_refused() {
    use RankMethod::*;
    let plain = |method| RankOptions { method, ..RankOptions::default() };
    for (options, path) in [
        (RankOptions { bootstrap: 1, ..plain(BradleyTerry) }, "bootstrap"),
        (RankOptions { bootstrap: 4_000_000_000, ..plain(BradleyTerry) }, "bootstrap"),
        (RankOptions { level: 5.0, ..plain(BradleyTerry) }, "level"),
        (RankOptions { level: f64::NAN, ..plain(KSort) }, "level"),
        (RankOptions { level: 0.9, ..plain(KSort) }, "level"),
        (RankOptions { k: 1e308, ..plain(Elo) }, "k"),
        (RankOptions { k: 32.0, ..plain(Davidson) }, "k"),
        (RankOptions { prior: -1.0, ..plain(RankCentrality) }, "prior"),
        (RankOptions { prior: 1.0, ..plain(Elo) }, "prior"),
        (RankOptions { bootstrap: 50, ..plain(KSort) }, "bootstrap"),
    ] {
        let error = options.validate().expect_err(path);
        assert_eq!(error.path(), Some(path), "{error}");
    }
    assert!(RankMethod::ALL.into_iter().all(|method| plain(method).validate().is_ok()));
}

#[test]
fn the_next_match_reads_what_k_sort_prints() {
    let method = RankMethod::KSort;
    let text = "{\"ranking\":[\"a\",\"b\",\"c\",\"d\"]}\n{\"ranking\":[\"d\",\"e\"]}";
    for matrix in [false, true] {
        let options = RankOptions { method, matrix, ..RankOptions::default() };
        let board = rank(&read(method, text), &options).expect("ranked");
        let printed = serde_json::to_string(&board).expect("JSON");
        assert!(printed.contains("\"mean\":") && printed.contains("\"deviation\":"), "{printed}");
        let report = crate::reports::report("next-match").expect("known");
        let found = report.run(printed.as_bytes(), serde_json::json!({"k": 2})).expect("a match");
        let found = serde_json::to_value(&found).expect("JSON");
        assert_eq!(found["models"].as_array().expect("a list").len(), 2, "{found}");
    }
}
