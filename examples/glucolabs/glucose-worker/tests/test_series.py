import unittest

from glucose_worker.series import deduplicate, gaps


class SeriesTest(unittest.TestCase):
    def test_a_correction_replaces_the_value_of_its_minute(self):
        self.assertEqual(deduplicate([(0, 99), (5, 104), (0, 101)]), [(0, 101), (5, 104)])

    def test_fifteen_silent_minutes_are_no_gap_and_twenty_are(self):
        self.assertEqual(gaps([(0, 99), (15, 100), (35, 98)]), [(15, 35)])


if __name__ == "__main__":
    unittest.main()
