"""feeds.py FOLDER: another reader than ours takes every feed without a complaint."""
import pathlib
import sys

import feedparser

bad = seen = 0
for path in sorted(p for end in ("atom", "rss") for p in pathlib.Path(sys.argv[1]).rglob("*." + end)):
    feed = feedparser.parse(str(path))
    seen += 1
    ids = [entry.get("id") for entry in feed.entries]
    if feed.bozo or not feed.feed.get("title") or len(ids) != len(set(ids)) or None in ids:
        print(f"{path}: {feed.get('bozo_exception', 'no title, or ids that are not unique')}")
        bad += 1
print(f"feeds: {seen} read, {bad} wrong")
sys.exit(bad > 0 or seen == 0)
