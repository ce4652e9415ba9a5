"""Files and typed numbers into checked batches."""

from opsmetrics.ingest.aliases import answered as aliases_answered
from opsmetrics.ingest.answers import Answers
from opsmetrics.ingest.badges import Badge, badges
from opsmetrics.ingest.checked import Checked, check
from opsmetrics.ingest.corrected import FactKey, corrected_batch
from opsmetrics.ingest.drift import mostly_there
from opsmetrics.ingest.edited import Edit, Edits, Problem, edited, edited_notice, problems
from opsmetrics.ingest.faults import fault_name
from opsmetrics.ingest.formulas import harmless
from opsmetrics.ingest.guesses import Guess
from opsmetrics.ingest.known import read_known
from opsmetrics.ingest.layout import Layout, Meaning, Measure
from opsmetrics.ingest.limits import Limits
from opsmetrics.ingest.matching import Located, locate
from opsmetrics.ingest.mended_rejects import Kept, KeptRejects, whole_of
from opsmetrics.ingest.prepare import Examined, examine, prepare
from opsmetrics.ingest.problems import IngestRefused, NeedsAnswer, Question, safe_name, short_name
from opsmetrics.ingest.recognised import recognised_sheet
from opsmetrics.ingest.reject_file import HEAD as REJECT_HEAD
from opsmetrics.ingest.reject_file import reject_csv, reject_excel, rejects_csv, rejects_excel
from opsmetrics.ingest.settling import version_of
from opsmetrics.ingest.sheet import Sheet, read_file
from opsmetrics.ingest.suggest import Suggestion, suggest
from opsmetrics.ingest.table import table_of
from opsmetrics.ingest.template import (
    Measured,
    Template,
    TemplateError,
    choose_template,
    fitting_templates,
    named_template,
)
from opsmetrics.ingest.template_check import DURATION, ROWS, TemplateProblem
from opsmetrics.ingest.texts import texts_of
from opsmetrics.ingest.typed import TypedProblem, TypedRefused, TypedRow, typed_batch
from opsmetrics.ingest.unusable import NothingUsable

__all__ = [
    "DURATION",
    "REJECT_HEAD",
    "ROWS",
    "Answers",
    "Badge",
    "Checked",
    "Edit",
    "Edits",
    "Examined",
    "FactKey",
    "Guess",
    "IngestRefused",
    "Kept",
    "KeptRejects",
    "Layout",
    "Limits",
    "Located",
    "Meaning",
    "Measure",
    "Measured",
    "NeedsAnswer",
    "NothingUsable",
    "Problem",
    "Question",
    "Sheet",
    "Suggestion",
    "Template",
    "TemplateError",
    "TemplateProblem",
    "TypedProblem",
    "TypedRefused",
    "TypedRow",
    "aliases_answered",
    "badges",
    "check",
    "choose_template",
    "corrected_batch",
    "edited",
    "edited_notice",
    "examine",
    "fault_name",
    "fitting_templates",
    "harmless",
    "locate",
    "mostly_there",
    "named_template",
    "prepare",
    "problems",
    "read_file",
    "read_known",
    "recognised_sheet",
    "reject_csv",
    "reject_excel",
    "rejects_csv",
    "rejects_excel",
    "safe_name",
    "short_name",
    "suggest",
    "table_of",
    "texts_of",
    "typed_batch",
    "version_of",
    "whole_of",
]
