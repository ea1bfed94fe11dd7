import random
import unittest
from datetime import datetime, timedelta, timezone

import baecha


class LineTests(unittest.TestCase):
    def test_values_are_written_as_the_grammar_has_them(self):
        when = datetime(2025, 11, 22, 10, tzinfo=timezone.utc)
        self.assertEqual(
            baecha.format_line("REQ", "r77", (37.5665, 126.978), None, (37.5512, 126.9882), seats=2,
                               tags=["pet", "large"], at=when, wait=timedelta(minutes=5), auto=True,
                               from_=baecha.Position(4, 9), force=False, note=None),
            "REQ r77 37.5665,126.978 37.5512,126.9882 seats=2 tags=pet,large at=1763805600000 "
            "wait=300000ms auto=1 from=4-9\n")
        self.assertEqual(baecha.format_line("P", "t", (-0.00000001, -180.0)), "P t 0,-180\n")

    def test_what_would_break_a_line_is_refused(self):
        for wrong in ("", "a b", "a\nQUIT", "a\x7f", "\x00"):
            with self.assertRaises(ValueError):
                baecha.format_line("CANCEL", wrong)
        with self.assertRaises(ValueError):
            baecha.format_line("REQ", "r", note="x" * 1024)
        with self.assertRaises(ValueError):
            baecha.format_line("REQ", "r", at=datetime(2025, 1, 1))

    def test_a_line_is_read(self):
        line = baecha.parse_line("#7 ERR 422 swapped retry=never key=from msg=lat%20and%20lon%20%EB%B0%B0")
        self.assertEqual((line.tag, line.word, line.args), ("7", "ERR", ("422", "swapped")))
        error = baecha.BaechaError(line)
        self.assertEqual((error.code, error.retry, error.key), (422, "never", "from"))
        self.assertEqual(error.message, "lat and lon 배")
        after = baecha.BaechaError(baecha.parse_line("ERR 429 quota retry=after:1500ms msg=slow"))
        self.assertEqual((after.retry, after.after), ("after", 1.5))

    def test_broken_lines_are_told(self):
        for broken in ("#7", "OK a=1 a=2", "OK a="):
            with self.assertRaises(baecha.ProtocolError):
                baecha.parse_line(broken)

    def test_words_come_back(self):
        draw = random.Random(1)
        for _ in range(500):
            args = ["".join(draw.choices("azAZ09-._:~", k=draw.randint(1, 9))) for _ in range(draw.randint(0, 3))]
            pairs = {key: draw.choice(args or ["x"]) for key in draw.sample(["a", "b2", "c_d"], 2)}
            line = baecha.parse_line(baecha.format_line("VERB", *args, tag="x1", **pairs))
            self.assertEqual((list(line.args), dict(line.fields), line.tag), (args, pairs, "x1"))

    def test_rows_are_flat(self):
        event = baecha.Event("1", baecha.Position(4, 9), "req.queued", "r1", {"from": (37.5, 127.0), "seats": 2})
        self.assertEqual(baecha.rows([event]), [{
            "subscription": "1", "at": "4-9", "kind": "req.queued", "id": "r1", "from_lat": 37.5,
            "from_lon": 127.0, "seats": 2}])


if __name__ == "__main__":
    unittest.main()
