"""Pure functions over a series of readings: (minute, mg/dL) pairs."""

SENSOR_INTERVAL = 5
GAP_AFTER = 3 * SENSOR_INTERVAL


def deduplicate(readings):
    """Keeps the last value of each minute: sensors send corrections under the same time."""
    return sorted(dict(readings).items())


def gaps(readings):
    """The spans, in minutes, in which a sensor was silent for more than fifteen minutes."""
    series = deduplicate(readings)
    return [
        (before, after)
        for (before, _), (after, _) in zip(series, series[1:])
        if after - before > GAP_AFTER
    ]
