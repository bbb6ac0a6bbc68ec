"""Writes tests/golden/audit/*.toml for reports on people and what they prefer with NumPy and SciPy, after the papers
that they name: ratings by users and groups, examiners, pools of annotators, principles.

    python tests/golden/make_audit_people.py
"""

from itertools import combinations

import numpy as np
from scipy import stats

from audit_golden import BOOT, Rng, Undefined, bootstrap, logistic, tau_b, undefined, wilson, write

RNG = np.random.default_rng(20260714)
POINTS = 400 / np.log(10)


def golden(name, cases, tolerance=1e-9):
    write("make_audit_people.py", name, cases, tolerance)


def users():
    """Ratings of 1 to 100 by people of three groups, who use the scale each in their own way."""
    rows, models = [], ["able", "bold", "calm", "dull"]
    taste = {"north": [8, 3, 0, -9], "south": [-4, 6, 9, -8], "west": [2, 2, 1, -2]}
    for u in range(18):
        group = ["north", "south", "west"][u % 3] if u != 17 else None
        centre, width = RNG.uniform(40, 75), RNG.uniform(0.3, 1.6)
        for turn in range(int(RNG.integers(1, 4))):
            shown = RNG.choice(4, int(RNG.integers(2, 5)), replace=False)
            for m in shown:
                likes = taste[group][m] if group else 0
                score = (
                    50 if u == 16 else int(np.clip(np.round(centre + width * (likes * 2 + RNG.normal(0, 8))), 1, 100))
                )
                row = {
                    "user_id": f"u{u:02}",
                    "model": models[m],
                    "score": score,
                    "turn": f"t{turn}",
                    "opening": turn == 0,
                }
                rows.append(row | ({"group": group} if group else {}))
    return rows


ROWS = users()


def normalise_users():
    cases = []
    for openers in (False, True):
        styles = {}
        for user in sorted({r["user_id"] for r in ROWS}):
            x = np.array([r["score"] for r in ROWS if r["user_id"] == user and (r["opening"] or not openers)], float)
            sd = 0.0 if np.ptp(x) == 0 else x.std(ddof=1)
            styles[user] = {
                "user_id": user,
                "n": len(x),
                "mean": x.mean(),
                "deviation": sd,
                "range": np.ptp(x),
                "off_centre": abs(x.mean() - 50.5),
            }
        value = lambda r, s: (r["score"] - s["mean"]) / s["deviation"] if s["deviation"] else 0.0
        expected = {"values": [value(r, styles[r["user_id"]]) for r in ROWS], "users": list(styles.values())}
        cases.append(
            ("by openers" if openers else "by all turns", {"openers": openers, "centre": 50.5}, ROWS, expected)
        )
    golden("normalise-users", cases)


def bradley_terry(battles, level):
    """A leaderboard; a tie is half a win for each."""
    names = sorted({m for a, b, _ in battles for m in (a, b)})
    sides = np.array([[(a == m) - (b == m) for m in names] for a, b, _ in battles], float)
    at, cov = logistic(sides, [s for *_, s in battles], tied=len(names))
    rating, se = 1000 + POINTS * at, POINTS * np.sqrt(np.diag(cov))
    z = stats.norm.ppf(0.5 + level / 2)
    lower, upper = rating - z * se, rating + z * se
    order = sorted(range(len(names)), key=lambda i: -rating[i])
    board, first, tier = [], order[0], 1
    for i in order:
        if upper[i] <= lower[first]:
            first, tier = i, tier + 1
        own = [s if a == names[i] else 1 - s for a, b, s in battles if names[i] in (a, b)]
        board.append(
            {
                "model": names[i],
                "rating": rating[i],
                "lower": lower[i],
                "upper": upper[i],
                "rank": 1 + int((lower > upper[i]).sum()),
                "tier": tier,
                "wins": own.count(1.0),
                "ties": own.count(0.5),
                "losses": own.count(0.0),
            }
        )
    return board


def connected(battles):
    """Whether wins and ties lead from every model to every other."""
    names = {m for a, b, _ in battles for m in (a, b)}
    beats = {(a, b) for a, b, s in battles if s > 0} | {(b, a) for a, b, s in battles if s < 1}
    for start in names:
        reached = {start}
        while more := {b for a, b in beats if a in reached} - reached:
            reached |= more
        if reached != names:
            return False
    return True


def group_rankings():
    options = {"tie_threshold": 4.0, "rank": {"level": 0.9}}
    extra = [{"user_id": "lone", "model": "able", "score": 70, "group": "empty"}]

    def board(rows):
        battles, turns = [], {}
        for r in rows:
            turns.setdefault((r["user_id"], r.get("turn")), []).append(r)
        for turn in turns.values():
            for one, other in combinations(turn, 2):
                gap = one["score"] - other["score"]
                battles.append((one["model"], other["model"], 0.5 if abs(gap) <= 4 else float(gap > 0)))
        found = {"users": len({r["user_id"] for r in rows}), "ratings": len(rows), "battles": len(battles)}
        if battles and not connected(battles):
            return found | {"error": {"code": "not_connected"}}
        if battles:
            return found | {"board": {"ratings": bradley_terry(battles, 0.9)}}
        return found | {"error": {"code": "too_few_values"}}

    rows = [r for r in ROWS + extra if r.get("opening", True)]
    names = ["empty", "north", "south", "west"]
    groups = {g: board([r for r in rows if r.get("group") == g]) for g in names}
    overall = board(rows)

    def agreement(one, other):
        for board in (one, other):
            if "board" not in board:
                return {"value": None, "error": board["error"]}
        x, y = ({m["model"]: m["rating"] for m in b["board"]["ratings"]} for b in (one, other))
        both = [m for m in x if m in y]
        return tau_b([x[m] for m in both], [y[m] for m in both])

    expected = {
        "overall": overall,
        "groups": groups,
        "kendall": [[agreement(groups[a], groups[b]) for b in names] for a in names],
        "with_overall": [agreement(groups[g], overall) for g in names],
    }
    golden("group-rankings", [("three groups and an empty one", options, ROWS + extra, expected)], 1e-8)


def poststratify():
    rows = [r for r in ROWS if "group" in r]
    census = {"north": 20.0, "south": 50.0, "west": 25.0, "east": 5.0}
    group_of = {r["user_id"]: r["group"] for r in rows}
    n = {g: list(group_of.values()).count(g) for g in census}
    weight = {g: census[g] / n[g] for g in census if n[g]}
    mean_weight = sum(weight[g] for g in group_of.values()) / len(group_of)
    relative = {g: w / mean_weight for g, w in weight.items()}
    each = np.array([relative[g] for g in group_of.values()])
    models = []
    for model in sorted({r["model"] for r in rows}):
        own = [r for r in rows if r["model"] == model]
        score, w = np.array([r["score"] for r in own], float), np.array([relative[r["group"]] for r in own])
        people = sorted({r["user_id"] for r in own})
        units = [[[i for i, r in enumerate(own) if r["user_id"] == u] for u in people]]
        of = lambda of: bootstrap(len(own), of, units, clusters=len(people))
        models.append(
            {
                "model": model,
                "plain": of(lambda at: score[at].mean()),
                "weighted": of(lambda at: (w * score)[at].sum() / w[at].sum()),
            }
        )
    models.sort(key=lambda m: -m["weighted"]["value"])
    strata = [
        {"group": g, "n": n[g], "population": census[g], "weight": weight.get(g), "relative": relative.get(g)}
        for g in sorted(census)
    ]
    expected = {
        "models": models,
        "strata": {"groups": strata, "effective_n": each.sum() ** 2 / (each**2).sum(), "uncovered": 0.05},
    }
    golden("poststratify", [("a census of four groups", {"census": census, "bootstrap": BOOT}, rows, expected)])


def welfare():
    cases = []
    # Forty models, each liked by one, so that the quantiles lie between many outcomes.
    many = [
        {"user_id": f"u{i:02}", "model": f"m{(i + step) % 40:02}", "score": 90 - 30 * step - i, "group": group}
        for i in range(40)
        for step in (0, 1)
        for group in ["north" if i % 2 else "south"]
    ]
    for rule, rows in [("mean_rating", ROWS), ("choice_rate", ROWS), ("veto_rate", ROWS), ("mean_rating", many)]:
        models = sorted({r["model"] for r in rows})
        options = {
            "sample_group": "north",
            "population_group": "south",
            "k": 1 if rows is many else 3,
            "rule": rule,
            "veto": 45.0,
            "draws": 60,
            "seed": 9,
        }
        sample, merits = [r for r in rows if r.get("group") == "north"], []
        for user in sorted({r["user_id"] for r in sample}):
            own, says = [r for r in sample if r["user_id"] == user], []
            for turn in sorted({r.get("turn", "") for r in own}):
                shown = [r for r in own if r.get("turn", "") == turn]
                top = [r for r in shown if r["score"] == max(s["score"] for s in shown)]
                for r in shown:
                    merit = {
                        "mean_rating": r["score"],
                        "choice_rate": (r in top) / len(top),
                        "veto_rate": -float(r["score"] < 45),
                    }[rule]
                    says.append((r["model"], merit))
            merits.append(says)
        scores = lambda m: [r["score"] for r in rows if r["model"] == m and r.get("group") == "south"]
        population = {m: np.mean(scores(m)) for m in models}
        rng, picked = Rng(9), []
        for _ in range(60):
            drawn = [pair for _ in range(options["k"]) for pair in merits[rng.below(len(merits))]]
            value = {m: np.mean([v for n, v in drawn if n == m]) for m in models if any(n == m for n, _ in drawn)}
            picked.append(max(sorted(value), key=lambda m: value[m]))
        outcome = [population[m] for m in picked]
        expected = {
            "mean": np.mean(outcome),
            "quantiles": list(np.quantile(outcome, [0.05, 0.25, 0.75, 0.95])),
            "chosen": {m: picked.count(m) / 60 for m in models if m in picked},
            "population": population,
            "raters": len(merits),
            "unrated": 0,
        }
        cases.append((rule + (", many models" if rows is many else ""), options, rows, expected))
    golden("welfare", cases)


def annotator_pool():
    """Draws of an item come from its own seed: that of the options, crossed with FNV-1a of its name."""
    words, rows = ["A", "B", "tie"], []
    for i in range(40):
        given = {who: words[RNG.integers(0, 3)] for who in ["ann", "bo", "cy"] if RNG.random() < 0.8}
        rows.append({"id": f"item {i} é", "annotations": given or {"ann": "A"}})
    rows.append({"id": "same", "annotations": {}, "equal": True})
    cases = []
    for options in [{"p_label_flip": 0.25, "seed": 3}, {"p_label_flip": 0.0, "annotators": ["bo", "ann", "ann", "cy"]}]:
        answers = []
        for row in rows:
            if row.get("equal"):
                answers.append({"id": row["id"], "preferred": "tie", "noisy": False})
                continue
            key = 0xCBF29CE484222325
            for byte in row["id"].encode():
                key = ((key ^ byte) * 0x100000001B3) & ((1 << 64) - 1)
            pool = [who for who in options.get("annotators", sorted(row["annotations"])) if who in row["annotations"]]
            rng = Rng(options.get("seed", 0) ^ key)
            who = pool[rng.below(len(pool))]
            noisy, coin = rng.unit() < 2 * options["p_label_flip"], "a" if rng.unit() < 0.5 else "b"
            own = row["annotations"][who].lower()
            answers.append({"id": row["id"], "annotator": who, "preferred": coin if noisy else own, "noisy": noisy})
        cases.append((f"noise of {options['p_label_flip']}", options, rows, {"items": answers}))
    golden("annotator-pool", cases)


def peer_exam():
    section = [
        {"examiner": e, "examinee": x, "score": s}
        for e, x, s in [("a", "b", 4), ("a", "c", 2), ("b", "a", 5), ("b", "c", 1), ("c", "a", 3), ("c", "b", 3)]
    ]
    made, judges, all_models = [], ["a", "b", "c"], ["a", "b", "c", "d", "e", "f"]
    for criterion, top in [("accuracy", 5), ("fluency", 10)]:
        for e in judges:
            mild = RNG.normal(0, 1)
            for x in all_models:
                if (e, x) == ("c", "b"):
                    continue
                for question in "pq":
                    lift = 1.2 if e == x else 0
                    score = np.clip(
                        np.round(top / 2 + mild + lift + (3 - all_models.index(x)) * top / 12 + RNG.normal(0, 0.8), 1),
                        0,
                        top,
                    )
                    made.append(
                        {
                            "examiner": e,
                            "examinee": x,
                            "criterion": criterion,
                            "question_id": question,
                            "score": float(score),
                        }
                    )
    cases = []
    for title, rows, raw in [
        ("the section's three, as given", section, True),
        ("the same on one scale", section, False),
        ("two criteria", made, False),
    ]:
        criteria = sorted({r.get("criterion", "") for r in rows})
        cells = {c: {} for c in criteria}
        for r in rows:
            cells[r.get("criterion", "")].setdefault((r["examiner"], r["examinee"]), []).append(r["score"])
        cells = {c: {k: np.mean(v) for k, v in of.items()} for c, of in cells.items()}
        examiners = sorted({r["examiner"] for r in rows})

        def scale(of, e):
            x = np.array([s for (who, whom), s in of.items() if who == e != whom])
            return x.mean(), 0.0 if len(x) < 2 or np.ptp(x) == 0 else x.std(ddof=1)

        def put(of, e, s):
            middle, spread = scale(of, e)
            return (s - middle) / spread if spread else 0.0

        def ranking(names):
            found = []
            for model in sorted({r["examinee"] for r in rows}):
                scores, plain, peers = [], [], set()
                for c in names:
                    own = {e: s for (e, x), s in cells[c].items() if x == model != e}
                    if own:
                        scores.append(np.mean([s if raw else put(cells[c], e, s) for e, s in own.items()]))
                        plain.append(np.mean(list(own.values())))
                        peers |= set(own)
                if scores:
                    found.append(
                        {"model": model, "score": np.mean(scores), "mean_score": np.mean(plain), "peers": len(peers)}
                    )
            return sorted(found, key=lambda m: -m["score"])

        own = []
        for e in examiners:
            gaps, levelled = [], []
            for c in criteria:
                if (e, e) in cells[c]:
                    others = {w: s for (w, x), s in cells[c].items() if x == e != w}
                    gaps.append(cells[c][e, e] - np.mean(list(others.values())))
                    levelled.append(
                        put(cells[c], e, cells[c][e, e]) - np.mean([put(cells[c], w, s) for w, s in others.items()])
                    )
            if gaps:
                own.append({"examiner": e, "preference": np.mean(gaps), "standardised": np.mean(levelled)})
        level = {}
        for c in criteria:
            for (e, x), s in cells[c].items():
                level.setdefault((e, x), []).append(put(cells[c], e, s))
        level = {k: np.mean(v) for k, v in level.items()}
        neutral = [
            x
            for x in sorted({r["examinee"] for r in rows})
            if x not in examiners and all((e, x) in level for e in examiners)
        ]
        concordance = undefined("too_few_values")
        if len(neutral) > 1:
            table = np.array([[level[e, x] for x in neutral] for e in examiners])
            ranks = stats.rankdata(table, axis=1)
            m, n = ranks.shape
            w = 12 * ((ranks.sum(0) - m * (n + 1) / 2) ** 2).sum() / (m**2 * (n**3 - n))
            concordance = {
                "w": w,
                "chi_squared": m * (n - 1) * w,
                "degrees": n - 1,
                "p_value": stats.chi2.sf(m * (n - 1) * w, n - 1),
            }
        taus = []
        for e, f in combinations(examiners, 2):
            both = [
                x
                for x in sorted({r["examinee"] for r in rows})
                if (e, x) in level and (f, x) in level and x not in (e, f)
            ]
            try:
                taus.append(tau_b([level[e, x] for x in both], [level[f, x] for x in both]))
            except Undefined:
                pass
        expected = {
            "ranking": ranking(criteria),
            "self_preference": own,
            "kendall_w": concordance,
            "mean_tau": np.mean(taus) if taus else undefined("too_few_values"),
        }
        if len(criteria) > 1:
            expected["by_criterion"] = {c: ranking([c]) for c in criteria}
        cases.append((title, {"raw": raw}, rows, expected))
    golden("peer-exam", cases)


COMPARISONS = 14


def principles():
    kinds = ["agree", "disagree", "both", "neither", "not_applicable", "invalid"]
    chances = {
        "be brief": [0.6, 0.15, 0.1, 0.05, 0.1, 0],
        "be kind": [0.3, 0.3, 0.1, 0.2, 0.1, 0],
        "cite": [0.05, 0.0, 0.1, 0.1, 0.75, 0],
        "odd": [0.3, 0.05, 0, 0, 0, 0.65],
        "rhyme": [0, 0, 0.2, 0.2, 0.6, 0],
        "use lists": [0.45, 0.2, 0.1, 0.1, 0.15, 0],
    }
    rows = []
    for i in range(COMPARISONS):
        for p, chance in chances.items():
            first = kinds[RNG.choice(6, p=chance)]
            for seed in (1, 2, 3):
                vote = first if RNG.random() < 0.85 else kinds[RNG.choice(6, p=chance)]
                rows.append({"comparison_id": i, "principle": p, "vote": vote, "seed": seed})
    cases = []
    for rule, compat in [("unanimous", False), ("majority", False), ("unanimous", True)]:
        options = {"seeds": rule, "compat": compat, "min_agree": 0.12, "max_principles": 2, "level": 0.9}
        found = []
        for p in sorted(chances):
            counts, split = dict.fromkeys(kinds, 0), 0
            for i in range(COMPARISONS):
                votes = [r["vote"] for r in rows if r["comparison_id"] == i and r["principle"] == p]
                most = max(votes, key=votes.count)
                if votes.count(most) * (1 if rule == "unanimous" else 2) >= (3 if rule == "unanimous" else 4):
                    counts[most] += 1
                else:
                    counts["not_applicable"] += 1
                    split += 1
            a, d = counts["agree"], counts["disagree"]
            valid = a + d + counts["not_applicable"] + (0 if compat else counts["both"] + counts["neither"])
            if a <= d:
                dropped = "no_majority"
            elif a / (valid + counts["invalid"]) < 0.12:
                dropped = "too_few_agree"
            else:
                dropped = "mostly_invalid" if counts["invalid"] >= valid else None
            if compat:
                counts["both"], counts["neither"] = counts["both"] + counts["neither"], 0
            accuracy = wilson(a, a + d) if a + d else undefined("too_few_values")
            if compat and not a + d:
                accuracy = {"value": 0, "lower": 0, "upper": 1, "level": 0.9, "n": 0, "method": "wilson"}
            found.append(
                {
                    "principle": p,
                    "n": COMPARISONS,
                    "votes": counts,
                    "split": split,
                    "agreement": a / COMPARISONS,
                    "accuracy": accuracy,
                    "relevance": (a + d) / COMPARISONS,
                    "perf": (a - d) / COMPARISONS,
                    "kept": dropped is None,
                    "dropped": dropped,
                }
            )
        found.sort(key=lambda p: p["votes"]["disagree"] - p["votes"]["agree"])
        kept = [p for p in found if p["kept"]]
        for p in kept[2:]:
            p |= {"kept": False, "dropped": "beyond_max"}
        for p in found:
            if p["dropped"] is None:
                del p["dropped"]
        expected = {"comparisons": COMPARISONS, "constitution": [p["principle"] for p in kept[:2]], "principles": found}
        cases.append((rule + (", as the official code" if compat else ""), options, rows, expected))
    golden("principles", cases)


for make in [normalise_users, group_rankings, poststratify, welfare, annotator_pool, peer_exam, principles]:
    make()
