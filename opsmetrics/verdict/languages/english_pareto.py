"""English: the words and sentences of the Pareto page, by table and by pattern id."""

from __future__ import annotations

PARETO_WORDS: dict[str, dict[str, str]] = {
    "pareto.change": {
        "rose": "Rose",
        "fell": "Fell",
        "no_change": "No real change",
        "too_few": "Too few to tell",
    },
    "pareto.what": {"minutes": "the minutes", "cost": "the cost", "weight": "the weighted {unit}"},
    "pareto.measure": {"count": "Count", "minutes": "Minutes", "cost": "Cost", "weight": "Weight"},
    "pareto.term": {
        "none": "none recorded",
        "other": "Other ({n})",
        "to": "to",
        "alone": "on its own it would count",
        "quoted": "“{name}”",
    },
    "pareto.how": {
        "exact": "Counts of independent events: given the sum of the two, the larger would come as large as this in "
        "{p} of cases if both were equal (binomial, two-sided). Events that come in clusters make it look surer than "
        "it is.",
        "amounts": "Each event counts with its own amount, events are taken as independent: a difference as large as "
        "this would come in {p} of cases if both were equal (compound Poisson, normal). Clusters make it look surer "
        "than it is.",
        "too_few": "Too few events carry these amounts to say whether the leaders differ.",
        "one_category": "There is nothing to compare.",
        "all_exact": "All {k} leaders against one common size: chi-square of homogeneity, {p}.",
        "all_amounts": "All {k} leaders against one common size: chi-square with the spread of each, {p}.",
        "change_exact": "Given the sum of both periods, the count now is binomial with the share of the days it had "
        "(conditional test of Przyborowski and Wilenski); {confidence} intervals from the exact limits of both counts.",
        "change_amounts": "The difference of the two sums against the spread of single events (compound Poisson, "
        "normal); {confidence} intervals.",
        "holm": "{m} tested together: verdicts by Holm, so that all of them together err in 5 % of cases at most; "
        "intervals are each for itself.",
        "exposure": "{after} against {before}: what was before is carried to {after}.",
    },
    "pareto.caveat": {
        "clusters": "Events come in clusters: counts by day vary {index} times as much as independent ones would. "
        "The tests look surer than they are.",
        "summed": "The rows hold several events each ({mean} on average): how independent those are cannot be seen. "
        "The tests may look surer than they are.",
        "summed_amounts": "The rows hold several events each ({mean} on average) and each row is taken as one: the "
        "tests are more cautious than single events would allow.",
        "without": "{n} of {rows} {unit} have no {measure} recorded and count as none: {names}.",
        "without_minutes": "{n} of {rows} {unit} are not closed yet, or have no minutes recorded, and count as none: "
        "{names}.",
        "covered": "Files cover {covered} of the {days} days from {first} to {last}.",
        "uncovered": "No file covers {first} to {last}: nothing to compare with.",
        "everything": "All events are shown: there is no period before to compare with.",
        "negative": "{n} below zero left out of the comparison.",
    },
}

#: Names of categories that would be read as a word of the sentence.
NO_NAMES = frozenset({"all", "n/a", "nil", "no", "none", "nothing", "null", "other", "unknown", "yes"})

PARETO: dict[str, str] = {
    "pareto_few": "{k:Spelled} of {n:spelled} {many:text} make {share:text} of {what:text}.",
    "pareto_alone": "{name:text} alone makes {share:text} of {what:text}.",
    "pareto_single": "All {total:text} have one {one:text}: {name:text}.",
    "pareto_first": "One event so far: {name:text}. Too early to rank.",
    "pareto_many": "It takes {k:spelled} of {n:spelled} {many:text} to make {share:text} of {what:text}.",
    "pareto_two": "{name:text} and {second:text} make {share:text} of {what:text}.",
    "pareto_level": "No {one:text} stands out: the {n:spelled} {many:text} differ no more than chance gives.",
    "pareto_none": "No {unit:text} from {first:text} to {last:text}.",
    "pareto_nothing": "Nothing to add up: no {measure:text} recorded from {first:text} to {last:text}.",
    "pareto_empty": "No {unit:text} have been loaded yet.",
    "pareto_leads": "{a:text} really leads: {x:text} against {y:text} for {b:text} is more than chance gives.",
    "pareto_tie": "{a:text} and {b:text} are level: {x:text} against {y:text} is no more than chance gives.",
    "pareto_unsure": "Too few events to say whether {a:text} really leads.",
    "pareto_rose": "{names:listed} rose.",
    "pareto_fell": "{names:listed} fell.",
    "pareto_rest": "Nothing else really changed.",
    "pareto_unchanged": "No {one:text} really changed against the period before.",
}
