"""Statistics on plain arrays: numbers in, frozen results out. Usable alone, from a notebook.

from opsmetrics.stats import p, signals
chart = p([12, 15, 8, 10], [50, 50, 50, 50])
signals(chart, "western_electric")
"""

from opsmetrics.stats.adjusted import season_adjusted, season_offsets, trended
from opsmetrics.stats.attributes import c, np_chart, p, p_prime, u, u_prime
from opsmetrics.stats.between_events import g_chart, t_chart, t_transformed
from opsmetrics.stats.change_point import ChangePoint, change_point
from opsmetrics.stats.cusum import Cusum, CusumShift, cusum, cusum_of
from opsmetrics.stats.dispersion import overdispersion_limit, sigma_z, sigma_z_means
from opsmetrics.stats.early import early_warning, weekday_share
from opsmetrics.stats.episodes import chains
from opsmetrics.stats.factors import Constants, c4, constants, d2, d3, d4_median
from opsmetrics.stats.false_alarms import expected_episodes, new_episode_rate
from opsmetrics.stats.hits import Hits, hits
from opsmetrics.stats.individuals import mr_chart, xmr
from opsmetrics.stats.individuals_prime import i_prime
from opsmetrics.stats.making_data_count import MakingDataCount, making_data_count
from opsmetrics.stats.many import ManySeries, Ranking, many_series, ranked
from opsmetrics.stats.many_episodes import Episodes
from opsmetrics.stats.rare import (
    Departures,
    binomial_upper,
    departures,
    exposure_needed,
    first_event_probability,
    first_event_rate_probability,
    geometric_quantile,
    trials_needed,
    zero_bound,
    zero_bound_rate,
)
from opsmetrics.stats.residuals import ResidualChart, residual_chart
from opsmetrics.stats.results import ControlChart
from opsmetrics.stats.rules import (
    AIAG,
    DAILY,
    IHI,
    NELSON,
    NHS,
    NHS_ANNOUNCED,
    RULE_1,
    RULE_SETS,
    RULES,
    WESTERN_ELECTRIC,
    Rule,
    rule,
    rules_by_name,
)
from opsmetrics.stats.run_chart import ANHOEJ, RunsTest, crossings_min, longest_run_max, run_chart, runs_tests
from opsmetrics.stats.run_rules import run_rules, signals
from opsmetrics.stats.short_run import dnom, z_mr
from opsmetrics.stats.smoothing import ewma, ewma_of, moving_average, moving_average_of
from opsmetrics.stats.steps import (
    Step,
    best_single_step,
    lag1_after_step,
    proposed_step,
    proposed_steps,
    step_threshold,
)
from opsmetrics.stats.subgroups import r_chart, s_chart, s_summary, xbar_r, xbar_s, xbar_s_summary
from opsmetrics.stats.three_way import ThreeWay, three_way
from opsmetrics.stats.weibull import weibull_fit, weibull_quantile

__all__ = [
    "AIAG",
    "ANHOEJ",
    "DAILY",
    "IHI",
    "NELSON",
    "NHS",
    "NHS_ANNOUNCED",
    "RULES",
    "RULE_1",
    "RULE_SETS",
    "WESTERN_ELECTRIC",
    "ChangePoint",
    "Constants",
    "ControlChart",
    "Cusum",
    "CusumShift",
    "Departures",
    "Episodes",
    "Hits",
    "MakingDataCount",
    "ManySeries",
    "Ranking",
    "ResidualChart",
    "Rule",
    "RunsTest",
    "Step",
    "ThreeWay",
    "best_single_step",
    "binomial_upper",
    "c",
    "c4",
    "chains",
    "change_point",
    "constants",
    "crossings_min",
    "cusum",
    "cusum_of",
    "d2",
    "d3",
    "d4_median",
    "departures",
    "dnom",
    "early_warning",
    "ewma",
    "ewma_of",
    "expected_episodes",
    "exposure_needed",
    "first_event_probability",
    "first_event_rate_probability",
    "g_chart",
    "geometric_quantile",
    "hits",
    "i_prime",
    "lag1_after_step",
    "longest_run_max",
    "making_data_count",
    "many_series",
    "moving_average",
    "moving_average_of",
    "mr_chart",
    "new_episode_rate",
    "np_chart",
    "overdispersion_limit",
    "p",
    "p_prime",
    "proposed_step",
    "proposed_steps",
    "r_chart",
    "ranked",
    "residual_chart",
    "rule",
    "rules_by_name",
    "run_chart",
    "run_rules",
    "runs_tests",
    "s_chart",
    "s_summary",
    "season_adjusted",
    "season_offsets",
    "sigma_z",
    "sigma_z_means",
    "signals",
    "step_threshold",
    "t_chart",
    "t_transformed",
    "three_way",
    "trended",
    "trials_needed",
    "u",
    "u_prime",
    "weekday_share",
    "weibull_fit",
    "weibull_quantile",
    "xbar_r",
    "xbar_s",
    "xbar_s_summary",
    "xmr",
    "z_mr",
    "zero_bound",
    "zero_bound_rate",
]
