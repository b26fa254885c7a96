"""newsboat.py FOLDER WORK: a reader that people use takes our feeds from a server, each entry once, and
again nothing new when nothing has changed."""
import functools
import http.server
import pathlib
import sqlite3
import subprocess
import sys
import threading

import feedparser

FEEDS = ["feed.atom", "feed.rss", "updates.atom", "region/FR.atom", "region/FR.rss"]
folder, work = sys.argv[1], pathlib.Path(sys.argv[2])


class Handler(http.server.SimpleHTTPRequestHandler):
    extensions_map = {".atom": "application/atom+xml", ".rss": "application/rss+xml", "": "application/octet-stream"}

    def log_message(self, form, *args):
        pass


def entries(cache):
    with sqlite3.connect(cache) as db:
        return sorted(db.execute("select guid, title from rss_item where deleted = 0"))


def read(feed):
    """Twice, by a reader that knows this feed alone: one that knows two with the same entry shows it once."""
    place = work / feed.replace("/", "-")
    place.mkdir(parents=True)
    (place / "urls").write_text(base + feed + "\n")
    (place / "config").write_text("")
    seen = []
    for _ in range(2):
        subprocess.run(["newsboat", "-u", place / "urls", "-C", place / "config", "-c", place / "cache.db", "-x", "reload"],
                       check=True, timeout=120, env={"HOME": str(place), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"})
        seen.append(entries(place / "cache.db"))
    return seen


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=folder))
threading.Thread(target=server.serve_forever, daemon=True).start()
base = f"http://127.0.0.1:{server.server_port}/"
bad = count = 0
for feed in FEEDS:
    ours = sorted((e.id, e.title) for e in feedparser.parse(str(pathlib.Path(folder, feed))).entries)
    first, again = read(feed)
    count += len(first)
    if not ours or ours != first:
        print(f"{feed}: newsboat has {first}, and not {ours}")
        bad += 1
    if first != again:
        print(f"{feed}: newsboat finds something new where nothing has changed")
        bad += 1
server.shutdown()
print(f"newsboat: {len(FEEDS)} feeds, {count} entries, {bad} wrong")
sys.exit(bad > 0 or not count)
