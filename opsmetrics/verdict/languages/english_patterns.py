"""The English sentences, by pattern id.

Specs used in the patterns: name (of a KPI), value (number with unit), range, target, number (count), period (the word
that fits the count, by the sentence's grain), noun X (what is counted, as it follows the count X), when, on, span,
above / upper / higher (words for a side), have (the verb that fits the count), times, ordinal, spelled and Spelled
(small numbers as words), listed (names), clause and clauses (nested sentences without their full stop; clauses begin
with a capital), variation, chart, grain (their words), text.
"""

from __future__ import annotations

PATTERNS: dict[str, str] = {
    # Special cause: one clause per deciding rule
    "beyond": "{kpi:name} {v:value} is {side:above} its limits ({limits:range}); "
    "{k:number} such {k:period} since {since:when}.",
    "run": "{kpi:name} has been {side:above} its average {c:value} for {k:number} {k:period}, since {since:when}.",
    "zone": "{kpi:name}: {k:number} of the last {m:number} {m:period} close to the {side:upper} limit ({limit:value}).",
    "zone_of_average": "{kpi:name}: {k:number} of the last {m:number} {m:period} {side:above} its average {c:value}.",
    "trend": "{kpi:name}: {k:number} {k:period} in a row each {side:higher} than the one before, since {since:when}.",
    "alternating": "{kpi:name}: {k:number} {k:period} in a row up and down by turns, since {since:when}.",
    "hugging": "{kpi:name}: {k:number} {k:period} in a row close to its average {c:value}, since {since:when}.",
    "outside": "{kpi:name}: {k:number} {k:period} in a row away from its average {c:value}, since {since:when}.",
    "long_run": "{kpi:name} has been {side:above} its median {c:value} for {k:number} {k:period}, since {since:when}: "
    "longer than chance gives.",
    "few_crossings": "{kpi:name} crossed its median {c:value} {k:number} {k:times} in {n:number} {n:period}; chance "
    "gives {m:number} or more.",
    "long_run_of_average": "{kpi:name} has been {side:above} its average {c:value} for {k:number} {k:period}, since "
    "{since:when}: longer than chance gives.",
    "few_crossings_of_average": "{kpi:name} crossed its average {c:value} {k:number} {k:times} in {n:number} "
    "{n:period}; chance gives {m:number} or more.",
    "conflict": "{worse:clause}; against that, {better:clause}.",
    "unconfirmed": "{clause:clause}; not yet counted as an improvement.",
    "changed_plain": "{kpi:name} {v:value} is outside its usual pattern.",
    # Ended episodes
    "ended_beyond": "{kpi:name} was {side:above} its limits {during:span}; back in its usual range.",
    "ended_run": "{kpi:name} was {side:above} its average {c:value} {during:span}; back in its usual range.",
    "ended_long_run": "{kpi:name} was {side:above} its median {c:value} {during:span}; back in its usual pattern.",
    "ended_long_run_of_average": "{kpi:name} was {side:above} its average {c:value} {during:span}; back in its usual "
    "pattern.",
    "ended_zone": "{kpi:name} was close to the {side:upper} limit ({limit:value}) {during:span}; "
    "back in its usual range.",
    "ended_other": "{kpi:name} was outside its usual pattern {during:span}; back in its usual range.",
    "ended_again": "{kpi:name} was outside its usual pattern {during:span}, and is so again now.",
    "ended_plain": "{kpi:name} was outside its usual pattern {during:span}.",
    "withdrawn": "{kpi:name} was shown as a signal {during:span}; by what is known now it is none.",
    # Common cause
    "usual": "{kpi:name} {v:value} is in its usual range {limits:range}.",
    "usual_plain": "{kpi:name} {v:value}: nothing unusual.",
    "leave_alone": "Leave it alone.",
    "leave_process_alone": "Look at that {one:period}; leave the process alone.",
    "spans_target": "That range spans the target {t:target}: {j:number} of {n:number} {n:period} missed with nothing "
    "unusual.",
    "spans_target_mixed": "That range spans the target {t:target}: {j:number} of {n:number} {n:period} missed.",
    "spans_target_none": "That range spans the target {t:target}: none of {n:number} {n:period} missed so far.",
    "spans_target_so_far": "As it has run so far, that range spans the target {t:target}: {j:number} of {n:number} "
    "{n:period} missed.",
    "outside_target": "The target {t:target} lies outside it: only a change of the process will reach it.",
    "outside_target_so_far": "As it has run so far, the target {t:target} lies outside it: only a change of the "
    "process will reach it.",
    "spans_target_usual": "That range is {limits:range} {setting:clause} and spans the target {t:target}: {j:number} "
    "of {n:number} {n:period} missed.",
    "spans_target_usual_so_far": "As it has run so far, that range is {limits:range} {setting:clause} and spans the "
    "target {t:target}: {j:number} of {n:number} {n:period} missed.",
    "outside_target_usual": "That range is {limits:range} {setting:clause}, and the target {t:target} lies outside it: "
    "only a change of the process will reach it.",
    "outside_target_usual_so_far": "As it has run so far, that range is {limits:range} {setting:clause}, and the "
    "target {t:target} lies outside it: only a change of the process will reach it.",
    "at_usual_size": "at the usual {size:number} {units:noun size}",
    "over_the_week": "over the days of the week",
    # Constant
    "constant": "{kpi:name} has been {v:value} for {n:number} {n:period}.",
    "constant_fails": "It misses the target {t:target}: only a change of the process will reach it.",
    "all_zero": "No {event:text} in {N:number} {units:noun N}: the true rate is below {bound:value} (95 %).",
    "all_full": "{kpi:name} has been {v:value} in all {N:number} {units:noun N}: the true rate is above {bound:value} "
    "(95 %).",
    "needs_trials": "Showing the target {t:target} takes {needs:number} such {units:noun needs}.",
    # Rare
    "rare_usual": "{kpi:name} was {usual:value} in {k:number} of {n:number} {n:period}.",
    "rare_departures": "{kpi:name} left {usual:value} in {a:number} of the last {m:number} {m:period}, against "
    "{b:number} of {n:number} before.",
    "rare_usual_now": "{kpi:name} {v:value}: it was {usual:value} in {k:number} of {n:number} {n:period}.",
    "rare_departures_now": "{kpi:name} {v:value}: it left {usual:value} in {a:number} of the last {m:number} "
    "{m:period}, against {b:number} of {n:number} before.",
    "rare_furthest_now": "{kpi:name} {v:value} is the {side:extreme} of {n:number} {n:period}; it left {usual:value} "
    "in {a:number} of the last {m:number}, no more often than chance gives.",
    "rare_furthest_few_now": "{kpi:name} {v:value} is the {side:extreme} of {n:number} {n:period}; it was "
    "{usual:value} in {k:number} of them.",
    "rare_gap": "{kpi:name} has been {usual:value} for {g:number} {g:period}; before that it left it in {b:number} of "
    "{n:number}.",
    "event_usual": "{kpi:name}: no {event:text} in {k:number} of {n:number} {n:period}.",
    "event_departures": "{kpi:name}: {event:text} in {a:number} of the last {m:number} {m:period}, against {b:number} "
    "of {n:number} before.",
    "event_usual_now": "{kpi:name} {v:value}: no {event:text} in {k:number} of {n:number} {n:period}.",
    "event_departures_now": "{kpi:name} {v:value}: {event:text} in {a:number} of the last {m:number} {m:period}, "
    "against {b:number} of {n:number} before.",
    "event_furthest_now": "{kpi:name} {v:value} is the {side:extreme} of {n:number} {n:period}; {event:text} came in "
    "{a:number} of the last {m:number}, no more often than chance gives.",
    "event_furthest_few_now": "{kpi:name} {v:value} is the {side:extreme} of {n:number} {n:period}; there were no "
    "{event:text} in {k:number} of them.",
    "event_gap": "{kpi:name}: no {event:text} for {g:number} {g:period}; before that in {b:number} of {n:number}.",
    "event_first": "{kpi:name} {v:value} after {n:number} {n:period} without {event:text}: no more than chance gives.",
    "event_first_signal": "{kpi:name} {v:value} after {n:number} {n:period} without {event:text}: more than chance "
    "gives.",
    "first_event": "{kpi:name} {v:value} after {n:number} {n:period} at {usual:value}: no more than chance gives.",
    "first_event_signal": "{kpi:name} {v:value} after {n:number} {n:period} at {usual:value}: more than chance gives.",
    "rare_hit_or_miss": "It met the target {t:target} in {k:number} of the last {n:number} {n:period}.",
    "rare_fails": "It missed the target {t:target} in each of the last {n:number} {n:period}: only a change of the "
    "process will reach it.",
    "rare_too_early": "{k:number} of {n:number} {n:period} to compare with the target {t:target}: too early to tell.",
    # Too few points, restarts
    "few_readings": "{kpi:name} has no {one:period} of {n:number} readings or more: too few to judge.",
    "no_points": "{kpi:name} has no judged {one:period} yet.",
    "too_few": "{n:number} of {needed:number} {needed:period} since {since:when}: too early to tell.",
    "early_warning": "{kpi:name} {v:value} is far {side:above} its other {m:number} {m:period}.",
    "rebased": "Limits restarted {at:on} by {who:text}: {why:text}. {n:number} of {needed:number}. "
    "Before: {before:variation}. {r:ordinal} restart in 12 months.",
    "rebased_first": "Limits restarted {at:on} by {who:text}: {why:text}. {n:number} of {needed:number}. "
    "{r:ordinal} restart in 12 months.",
    "restart_again": "This is the {r:ordinal} restart in 12 months: limits that keep restarting show little.",
    # Drivers
    "contributor": "{slice:text} accounts for {part:value} of the {whole:value}.",
    "contributor_share": "{slice:text} accounts for {part:value} of the {whole:value} ({share:value}).",
    # Data
    "not_reported_since": "{names:listed} {k:have} not reported since {since:when}.",
    "not_reported": "{names:listed} {k:have} not reported yet.",
    "incomplete": "The data for {at:when} are not complete yet.",
    "absent": "{names:listed} did not report {at:on}.",
    "no_data_since": "No data since {since:when}.",
    "no_data": "No data have arrived yet.",
    "restated": "The figure {at:on} was changed after it was shown.",
    "jump": "{kpi:name} {v:value} is about {factor:number} times its usual size: check the unit.",
    "suspect": "The latest figures are in doubt: check them first.",
    # Headlines
    "headline_empty": "Nothing to watch yet.",
    "headline_early": "Too early to tell.",
    "headline_calm": "Nothing changed.",
    # Cost of tampering
    "tampering_missed": "Of {n:number} {n:period}, a red light at each missed target would have called a meeting "
    "{missed:number} {missed:times}; the limits called {signals:number}.",
    "tampering_worse": "Of {n:number} {n:period}, a red light at each {one:period} worse than the one before would "
    "have called a meeting {worse:number} {worse:times}; the limits called {signals:number}.",
    "tampering_missed_worse": "Of {n:number} {n:period}, a red light at each missed target would have called a meeting "
    "{missed:number} {missed:times}, and one at each {one:period} worse than the one before {worse:number} "
    "{worse:times}; the limits called {signals:number}.",
    # Alarm budget
    "budget_none": "No new signal on {charts:number} {chart_word:noun charts}; {expected:text} would come by chance.",
    "budget_one": "1 new signal on {charts:number} {chart_word:noun charts}; {expected:text} would come by chance.",
    "budget_many": "{found:number} new signals on {charts:number} {chart_word:noun charts}; {expected:text} would "
    "come by chance.",
    "headline_news": "{parts:clauses}.",
    "got_worse": "{n:spelled} got worse.",
    "has_changed": "{n:spelled} changed.",
    "warned_early": "{n:spelled} gave an early warning.",
    "came_and_went": "{n:spelled} came and went.",
    "has_improved": "{n:spelled} improved.",
    "await_data": "Get the data for {n:spelled} first.",
    "cannot_meet": "{n:Spelled} cannot meet the target as it runs.",
    "cannot_meet_many": "{n:Spelled} cannot meet their targets as they run.",
    "leave_some": "Leave {n:number} alone.",
    "leave_all": "Leave all {n:number} alone.",
    "leave_it": "Leave it alone.",
    "kpi_worse": "{kpi:name} got worse. Find the cause.",
    "kpi_changed": "{kpi:name} changed. Find the cause.",
    "kpi_early_warning": "{kpi:name} gave an early warning. Find the cause.",
    "kpi_get_data": "{kpi:name}: get the data first.",
    "kpi_change_process": "{kpi:name} cannot meet its target as it runs. Change the process.",
    "kpi_no_single_misses": "{kpi:name} meets its target at times. Do not chase single misses.",
    "kpi_learn_keep": "{kpi:name} improved. Learn and keep it.",
    "kpi_leave_alone": "{kpi:name}: leave it alone.",
    "kpi_leave_process_alone": "{kpi:name}: look at the last {one:period}, leave the process alone.",
    "kpi_wait": "{kpi:name}: too early to tell.",
    "kpi_no_data": "{kpi:name}: no data yet.",
    # Why this chart
    "why_override": "Chosen in the catalogue.",
    "why_all_equal": "All {n:number} judged values are equal.",
    "why_mostly_equal": "{share:value} of the {n:number} judged values equal {usual:value}.",
    "why_small_counts": "The typical expected count is {expected:value}, below 1.",
    "why_counting_noise": "Chance in counting explains the spread (σz {sigma_z:value}, at most {limit:value} "
    "expected).",
    "why_overdispersed": "The points spread more than chance in counting explains (σz {sigma_z:value}, at most "
    "{limit:value} expected).",
    "why_within_explains": "The spread within each {one:period} explains the spread between them "
    "(σz {sigma_z:value}, at most {limit:value} expected).",
    "why_between": "The averages spread more than their own readings explain (σz {sigma_z:value}, at most "
    "{limit:value} expected).",
    "why_single_readings": "One reading in each {one:period}.",
    "why_rare_kind": "Defined as rare events: no limits, but how often and how long apart they come.",
    "why_amounts": "Amounts, not counts: their own spread makes the limits.",
    "why_sizes_alike": "Amounts whose denominators all lie within {part:value} of their average.",
    "why_sizes_vary": "Amounts whose denominators differ by more than {part:value} from their average.",
    "why_statistic": "One figure from the readings of each {one:period}: the spread between them makes the limits.",
    "why_derived": "Computed from other KPIs: its own spread makes the limits.",
    "why_np_varies": "The np chart chosen in the catalogue needs one size, and these vary.",
    "why_not_means": "The Xbar-S chart chosen in the catalogue needs averages.",
    "why_between_opportunities": "The opportunities are recorded: {unit:text} between {event:text}.",
    "why_between_exposure": "The exposure is recorded: {unit:text} between {event:text}.",
    "why_between_days": "No opportunities are recorded: days between {event:text}.",
    "why_between_pinned": "Chosen in the catalogue: {unit:text} between {event:text}.",
    "why_between_samples": "Samples between {event:text}.",
    "text": "{text:text}",
    "between": "{unit:text} between {event:text}",
    "why_too_few": "Fewer than two judged points: no limits yet.",
    "rejected": "{kind:chart}: {why:clause}.",
    "rejected_override": "The automatic choice would have been the {kind:chart}. {why:clause}.",
    "limits_too_narrow": "its limits would be too narrow",
    "limits_too_wide": "its limits would follow noise that is explained already",
    "counts_too_small": "counts this small are too coarse for limits",
    "limits_ignore_size": "its limits would not follow the size",
    "limits_hardly_differ": "its limits would hardly differ",
    "limits_mean_nothing": "most values are one and the same, so limits and runs would mean nothing",
    # A second look at the same points
    "look_ewma": "Each point is the average of all {n:period} up to it, the newest counting {weight:value}: small "
    "lasting shifts show sooner.",
    "look_cusum": "Two running sums, in standard errors: by how much {n:period} lie above their average and, drawn "
    "below 0, by how much below it, less half of one each time. Small lasting shifts show sooner.",
    "look_moving_average": "Each point is the average of the last {span:number} {n:period}: small lasting shifts show "
    "sooner.",
    "look_inside": "Nothing lies outside.",
    "look_outside": "Last outside {at:on}.",
    "look_outside_since": "Outside since {at:when}.",
    "look_changed": "By it the level changed {at:on}, to about {level:value}.",
    "look_neighbours": "Neighbouring {n:period} are alike, so it goes outside too often here.",
    "look_without_limits": "Nothing to look at through it: this chart has no limits.",
    "look_only": "A way of looking: the verdict stays as it is.",
    # Proposals
    "propose_lock": "{n:number} judged {n:period}: enough to lock the limits.",
    "propose_step": "Its level changed {at:on}, from {a:value} to {b:value} ({m:number} {m:period} before, {k:number} "
    "after; 95 % range: {during:span}): start a new phase there?",
    "propose_step_unclear": "Its level changed {at:on}, from {a:value} to {b:value} ({m:number} {m:period} before, "
    "{k:number} after; 95 % range: {during:span}), though a slow drift fits about as well: start a new phase there?",
    "step_difference": "The change is put at {d:value}, 95 % range {r:range}.",
    "propose_drift": "Its level drifts, from about {a:value} to {b:value} over {n:number} {n:period}, rather than "
    "having changed at one moment: find what wears or creeps. New limits would soon be wrong again.",
    "propose_weekday": "The day of the week explains {share:value} of the spread: adjust the limits for it?",
    "propose_coarser": "The counts are too small for this grain: try {grain:grain}.",
}
