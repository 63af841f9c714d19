"""What the core can ask the desk to do. Each effect carries the reason (`because`) that the journal keeps."""

from __future__ import annotations

from service.core.effects.around import (
    AskStanding,
    CountGrade,
    Elsewhere,
    ExposeThread,
    ForgetAbsence,
    FreeAddress,
    KeepInBinder,
    LetIn,
    NoCase,
    RegisterKept,
    RememberAbsence,
    SawForm,
    ShowBinder,
    ShowCase,
    ShowCases,
    ShowFigures,
    StopAddress,
)
from service.core.effects.letters import (
    LeaveFilesOut,
    Letter,
    Listing,
    PassOn,
    SendAgain,
    SendLetter,
    Withdraw,
)
from service.core.effects.of_a_case import (
    AddMessage,
    Ask,
    Assign,
    BringOriginal,
    ChangeStatus,
    DisposeOf,
    LetGoLater,
    MissClock,
    MoveClock,
    Note,
    OpenCase,
    Relate,
    RememberObeyed,
    RestartClock,
    SetFields,
    SplitOff,
    StartClock,
    StopClock,
    TakeStep,
    Unrelate,
)

__all__ = [
    "AddMessage",
    "Ask",
    "AskStanding",
    "Assign",
    "BringOriginal",
    "ChangeStatus",
    "CountGrade",
    "DisposeOf",
    "Effect",
    "Elsewhere",
    "ExposeThread",
    "ForgetAbsence",
    "FreeAddress",
    "KeepInBinder",
    "LeaveFilesOut",
    "LetGoLater",
    "LetIn",
    "Letter",
    "Listing",
    "MissClock",
    "MoveClock",
    "NoCase",
    "Note",
    "OpenCase",
    "PassOn",
    "RegisterKept",
    "Relate",
    "RememberAbsence",
    "RememberObeyed",
    "RestartClock",
    "SawForm",
    "SendAgain",
    "SendLetter",
    "SetFields",
    "ShowBinder",
    "ShowCase",
    "ShowCases",
    "ShowFigures",
    "SplitOff",
    "StartClock",
    "StopAddress",
    "StopClock",
    "TakeStep",
    "Unrelate",
    "Withdraw",
]

Effect = (
    OpenCase
    | AddMessage
    | ChangeStatus
    | Assign
    | SetFields
    | Note
    | StartClock
    | StopClock
    | RestartClock
    | MoveClock
    | MissClock
    | TakeStep
    | Ask
    | LetGoLater
    | RememberObeyed
    | Relate
    | Unrelate
    | SplitOff
    | DisposeOf
    | BringOriginal
    | SendLetter
    | PassOn
    | SendAgain
    | LeaveFilesOut
    | Withdraw
    | NoCase
    | CountGrade
    | RememberAbsence
    | ForgetAbsence
    | AskStanding
    | Elsewhere
    | ShowCase
    | ShowCases
    | ShowBinder
    | ShowFigures
    | StopAddress
    | FreeAddress
    | LetIn
    | SawForm
    | KeepInBinder
    | RegisterKept
    | ExposeThread
)
