"""Write a recording until killed; say on standard output what has been written.

Run by the test of kills: ``python -m tests.recordings.endless_writer PATH``.
"""

from __future__ import annotations

import itertools
import os
import sys
from pathlib import Path

from ftms_bridge.gatt.notification import Notification
from ftms_bridge.recordings.writer import RecordingWriter
from tests.recordings.samples import HEADER, RIDE_BYTES, number

STEP_S = 0.01


def main() -> None:
    writer = RecordingWriter(Path(sys.argv[1]), HEADER)
    for i in itertools.count():
        writer.write(Notification(i * STEP_S, "bike", 0x2AD2, RIDE_BYTES[:4] + number(i)))
        os.write(1, b"%d\n" % i)


if __name__ == "__main__":
    main()
