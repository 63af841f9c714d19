import pytest

from service.core.calendar.durations import Duration, Reminder, Unit


@pytest.mark.parametrize(
    ("text", "duration", "again", "swedish"),
    [
        ("10 working days", Duration(10, Unit.WORKING_DAYS), "10 working days", "10 arbetsdagar"),
        ("1 working day", Duration(1, Unit.WORKING_DAYS), "1 working day", "1 arbetsdag"),
        ("14 days", Duration(14, Unit.DAYS), "14 days", "14 dagar"),
        ("1 day", Duration(1, Unit.DAYS), "1 day", "1 dag"),
        ("24 hours", Duration(24, Unit.HOURS), "24 hours", "24 timmar"),
        ("1 Hour", Duration(1, Unit.HOURS), "1 hour", "1 timme"),
        (" 15   minutes ", Duration(15, Unit.MINUTES), "15 minutes", "15 minuter"),
        ("0 minutes", Duration(0, Unit.MINUTES), "0 minutes", "0 minuter"),
    ],
)
def test_duration_is_read_and_written(text: str, duration: Duration, again: str, swedish: str) -> None:
    assert Duration.parse(text) == duration
    assert str(duration) == again
    assert duration.swedish() == swedish


@pytest.mark.parametrize(
    "text", ["", "10", "ten days", "-1 days", "10 arbetsdagar", "1.5 days", "999999 days", "٣ days"]
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="days"):
        Duration.parse(text)


def test_reminder_is_read_and_written() -> None:
    reminder = Reminder.parse("3 working days before")
    assert reminder == Reminder(Duration(3, Unit.WORKING_DAYS))
    assert str(reminder) == "3 working days before"


@pytest.mark.parametrize("text", ["3 working days", "before", "3 working days before noon", "soon before"])
def test_what_is_no_reminder_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="working days"):
        Reminder.parse(text)
