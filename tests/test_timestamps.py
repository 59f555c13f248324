"""Times of HL7 version 3."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.timestamps import (
    Precision,
    Timestamp,
    TimestampFault,
    days_later,
    format_timestamp,
    mended_time,
    parse_timestamp,
    timestamp_fault,
    with_paris_offset,
)

PARIS_IN_WINTER = timezone(timedelta(hours=1))
WRITTEN = st.from_regex(
    r"[12][0-9]{3}(0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])(([01][0-9]|2[0-3])[0-5][0-9][+-](0[0-9]|1[0-3])[0-5][0-9])?",
    fullmatch=True,
)


def time(text: str) -> Timestamp:
    parsed = parse_timestamp(text)
    assert parsed is not None, text
    return parsed


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024", datetime(2024, 1, 1), datetime(2024, 12, 31, 23, 59, 59, 999_999)),
        ("202402", datetime(2024, 2, 1), datetime(2024, 2, 29, 23, 59, 59, 999_999)),
        ("20240229", datetime(2024, 2, 29), datetime(2024, 2, 29, 23, 59, 59, 999_999)),
        ("2024022914", datetime(2024, 2, 29, 14), datetime(2024, 2, 29, 14, 59, 59, 999_999)),
        ("202402291405", datetime(2024, 2, 29, 14, 5), datetime(2024, 2, 29, 14, 5, 59, 999_999)),
        ("20240229140507.25", datetime(2024, 2, 29, 14, 5, 7, 250_000), datetime(2024, 2, 29, 14, 5, 7, 250_000)),
        ("20240229140507.1234567", datetime(2024, 2, 29, 14, 5, 7, 123_456), datetime(2024, 2, 29, 14, 5, 7, 123_456)),
    ],
)
def test_a_value_means_every_instant_that_its_precision_leaves_open(text: str, first: datetime, last: datetime) -> None:
    assert (time(text).first, time(text).last) == (first, last)


@pytest.mark.parametrize(("zone", "minutes"), [("+0100", 60), ("-0330", -210), ("+0545", 345), ("+1400", 840)])
def test_a_zone_is_so_many_hours_and_minutes_from_universal_time(zone: str, minutes: int) -> None:
    assert time(f"2024010110{zone}").first.utcoffset() == timedelta(minutes=minutes)


def test_a_zone_makes_instants_comparable_across_zones() -> None:
    paris, utc = time("20221024103512+0100"), time("20221024093513+0000")
    assert paris.has_zone
    assert paris.precision is Precision.SECOND
    assert utc.is_after(paris)
    assert not paris.is_after(utc)
    assert not paris.is_after(datetime(2022, 10, 24, 9, 35, 13, tzinfo=UTC))
    assert utc.is_after(datetime(2022, 10, 24, 9, 35, 12, tzinfo=UTC))


def test_clocks_are_compared_as_written_when_only_one_tells_its_zone() -> None:
    here, before, after = map(time, ("20221024103513", "20221024103512+0100", "20221024103514+0100"))
    assert here.is_after(before) and after.is_after(here)
    assert not before.is_after(here) and not here.is_after(after)


@pytest.mark.parametrize(
    ("one", "other", "after"),
    [
        ("20260101", "20251231233000+0000", False),  # half past midnight in Paris
        ("20251231233000+0000", "20260101", False),
        ("20251231193000", "20251231233000+0000", False),  # one moment in Guadeloupe
        ("20260102", "20251231233000+0000", True),
        ("20260102130000+0000", "20260101", True),
        ("20260101", "20251231233000+0100", True),
        ("20260101120000.999999+0000", "20260101000000", False),  # half a day, to the instant
        ("20260101120001+0000", "20260101000000", True),
        ("20260101100000.5+0100", "20260101100000.5+0100", False),
    ],
)
def test_universal_time_is_the_clock_of_no_place(one: str, other: str, after: bool) -> None:
    assert time(one).is_after(time(other)) is after


def test_a_day_is_neither_before_nor_after_an_hour_of_itself() -> None:
    day, hour = time("20240101"), time("20240101120000+0100")
    assert not day.is_after(hour)
    assert not hour.is_after(day)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", TimestampFault.EMPTY),
        ("2024" * 8, TimestampFault.LENGTH),
        ("20240", TimestampFault.SYNTAX),
        ("2024-01-01", TimestampFault.ZONE),
        ("202401011", TimestampFault.SYNTAX),
        ("20240101T10", TimestampFault.SYNTAX),
        ("2024010110.5", TimestampFault.SYNTAX),
        ("٢٠٢٤", TimestampFault.SYNTAX),
        ("20230229", TimestampFault.CALENDAR),
        ("20241301", TimestampFault.CALENDAR),
        ("2024010125", TimestampFault.CALENDAR),
        ("00000101", TimestampFault.CALENDAR),
        ("20240101103512+010", TimestampFault.ZONE),
        ("20240101103512+1500", TimestampFault.ZONE),
        ("20240101103512+0160", TimestampFault.ZONE),
        ("20240101103512+", TimestampFault.ZONE),
        ("20240101+0100", TimestampFault.ZONE),
        ("20240101103512+0100", None),
        ("20240101103512-0330", None),
        ("202401011035+0100", None),
        ("20240101235959+1400", None),
        ("2024010110+0159", None),
        ("20240101103512.123456789+0100", None),
        ("20240101103512.123456789+01000", TimestampFault.LENGTH),
    ],
)
def test_faults_of_a_time(text: str, fault: TimestampFault | None) -> None:
    assert timestamp_fault(text) is fault
    assert (parse_timestamp(text) is None) is (fault is not None)


def test_rules_name_faults_by_these_words() -> None:
    assert [*TimestampFault] == ["empty", "length", "syntax", "calendar", "zone"]


def test_a_moment_is_written_with_its_zone_from_the_hour_on() -> None:
    moment = datetime(2024, 2, 29, 14, 5, 7, tzinfo=PARIS_IN_WINTER)
    assert format_timestamp(moment) == "20240229140507+0100"
    assert format_timestamp(moment, Precision.MINUTE) == "202402291405+0100"
    assert format_timestamp(moment, Precision.DAY) == "20240229"
    assert format_timestamp(moment, Precision.HOUR) == "2024022914+0100"
    assert format_timestamp(moment.replace(tzinfo=timezone(timedelta(hours=1, seconds=1)))) == "20240229140507+0100"
    assert format_timestamp(datetime(2024, 2, 29, 14, 5, 7)) == "20240229140507"
    assert format_timestamp(datetime(987, 2, 9), Precision.DAY) == "09870209"


@given(st.datetimes(min_value=datetime(1000, 1, 1), timezones=st.sampled_from([UTC, PARIS_IN_WINTER])))
@settings(max_examples=50)
def test_what_is_written_is_read_back(moment: datetime) -> None:
    assert time(format_timestamp(moment)).first == moment.replace(microsecond=0)


@given(st.text(max_size=30) | st.text("0123456789+-.", max_size=24))
@settings(max_examples=100)
def test_judging_a_time_raises_nothing(text: str) -> None:
    timestamp_fault(text)


@given(WRITTEN, WRITTEN)
@settings(max_examples=100)
def test_of_two_times_at_most_one_is_after_the_other(left: str, right: str) -> None:
    one, other = time(left), time(right)
    assert not (one.is_after(other) and other.is_after(one))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2020-03-12T11:17:00+01:00", "20200312111700+0100"),
        ("2020-03-12 11:17Z", "202003121117+0000"),
        ("2020-03-12", "20200312"),
        ("2020-03-12T11:17:00.25+05:30", "20200312111700.25+0530"),
        ("20200312111700Z", "20200312111700+0000"),
        ("20200312111700+1", "20200312111700+0100"),
        ("20200712111700-04", "20200712111700-0400"),
        ("2020-07-12T11:17:00", "20200712111700+0200"),
        ("20200712111700", "20200712111700+0200"),
        ("20200712111700+0200", ""),
        ("20200712", ""),
        ("2020", ""),
        ("20200329023000", ""),  # an hour that was not
        ("2020-13-12T11:17:00Z", ""),
        ("20200312Z", ""),
        ("12/03/2020", ""),
        ("", ""),
    ],
)
def test_a_time_is_mended_where_one_only_can_be_meant(written: str, meant: str) -> None:
    assert mended_time(written) == meant


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("202601010000", "+0100"),
        ("20260329015959", "+0100"),
        ("20260329020000", ""),  # an hour that was not
        ("20260329025959", ""),
        ("20260329030000", "+0200"),
        ("20240331015959", "+0100"),  # the last of March is a Sunday
        ("20240331030000", "+0200"),
        ("20261025015959", "+0200"),
        ("20261025020000", ""),  # an hour that was twice
        ("20261025025959", ""),
        ("20261025030000", "+0100"),
        ("199601010000", "+0100"),
        ("199512312359", ""),  # before the common rule
        ("2026010100", ""),
        ("202601010000+0100", ""),
        ("x", ""),
    ],
)
def test_a_local_time_of_paris_has_one_offset_or_none_that_is_sure(text: str, offset: str) -> None:
    assert with_paris_offset(text) == (f"{text}{offset}" if offset else "")


@given(st.datetimes(min_value=datetime(1997, 1, 1), max_value=datetime(2036, 12, 31)))
def test_an_offset_of_paris_is_the_one_of_the_time_zone_database(moment: datetime) -> None:
    try:
        paris = zoneinfo.ZoneInfo("Europe/Paris")
    except zoneinfo.ZoneInfoNotFoundError:
        pytest.skip("no time zone database on this machine")
    told = with_paris_offset(format_timestamp(moment))
    offsets = {moment.replace(tzinfo=paris, fold=fold).utcoffset() for fold in (0, 1)}
    parsed = parse_timestamp(told)
    assert (parsed is None) is (len(offsets) > 1)
    assert parsed is None or {parsed.first.utcoffset()} == offsets


@pytest.mark.parametrize(
    ("text", "days", "day"),
    [
        ("20240228", "1", "20240229"),
        ("2024", "1", "20250101"),
        ("20240229235900+0100", "-1", "20240228"),
        ("99991231", "1", ""),
        ("20240228", "x", ""),
        ("x", "1", ""),
        ("", "1", ""),
    ],
)
def test_a_day_so_many_days_later_is_counted_from_the_last_that_is_meant(text: str, days: str, day: str) -> None:
    assert days_later(text, days) == day
