# The newest versions that the shop has published, and the tags that it has purged, for the two minutes in which a page
# that was made before may still arrive. VCL has no loops and no table, so this is C: varnishd needs
# `-p vcc_allow_inline_c=on`. A name is a hash of a tag such as `price:42`.

C{
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Seconds. Longer than the longest fetch: two instances at 35 s, and the way back. */
#define KEPT_S 120.0
/* 262,144 names in 8 MB: two bulk edits of 100,000 prices at once. */
#define SHARDS 64
#define PLACES 4096
/* A name is in one of so many places. */
#define PROBES 16

struct known {
	uint64_t name, version;
	double purged, at;
};

static struct shard {
	pthread_mutex_t lock;
	/* A name was forgotten too early: what was asked for before this is not kept. */
	double lost;
	struct known places[PLACES];
} shards[SHARDS];

/* FNV-1a, mixed: its low bits choose the shard. */
static uint64_t
name_of(const char *text, size_t length)
{
	uint64_t hash = 14695981039346656037ULL;
	while (length-- > 0)
		hash = (hash ^ (unsigned char)*text++) * 1099511628211ULL;
	hash ^= hash >> 32;
	return (hash ? hash : 1);
}

static struct shard *
shard_of(uint64_t name)
{
	return (&shards[name % SHARDS]);
}

static struct known *
place_of(struct shard *shard, uint64_t name, unsigned probe)
{
	return (&shard->places[(name / SHARDS + probe) % PLACES]);
}

/* The place of a name; where it has none the one that was renewed longest ago. With the lock of the shard. */
static struct known *
taken_place(struct shard *shard, uint64_t name, double now)
{
	struct known *oldest = place_of(shard, name, 0);
	for (unsigned probe = 0; probe < PROBES; probe++) {
		struct known *place = place_of(shard, name, probe);
		if (place->name == name)
			return (place);
		if (place->at < oldest->at)
			oldest = place;
	}
	if (oldest->name != 0 && now - oldest->at < KEPT_S)
		shard->lost = now + 0.001;
	memset(oldest, 0, sizeof *oldest);
	oldest->name = name;
	return (oldest);
}

/* Notes `price:42@8 price:43@9`, or `price:42 price:43` as purged now. Never lowers a version. */
static void
note(const char *text, double now)
{
	for (; text && *text; text += strspn(text, " ")) {
		size_t length = strcspn(text, " "), tag = strcspn(text, "@ ");
		uint64_t name = name_of(text, tag);
		struct shard *shard = shard_of(name);
		(void)pthread_mutex_lock(&shard->lock);
		struct known *place = taken_place(shard, name, now);
		if (tag < length) {
			uint64_t version = strtoull(text + tag + 1, NULL, 10);
			if (version > place->version)
				place->version = version;
		} else {
			/* The moment of a question is rounded to milliseconds. */
			place->purged = now + 0.001;
		}
		place->at = now;
		(void)pthread_mutex_unlock(&shard->lock);
		text += length;
	}
}

static int
tag_is_behind(const char *text, size_t length, double asked)
{
	size_t tag = strcspn(text, "@,");
	uint64_t version = tag < length ? strtoull(text + tag + 1, NULL, 10) : UINT64_MAX;
	uint64_t name = name_of(text, tag < length ? tag : length);
	struct shard *shard = shard_of(name);
	int behind;
	(void)pthread_mutex_lock(&shard->lock);
	behind = asked <= shard->lost;
	for (unsigned probe = 0; probe < PROBES && !behind; probe++) {
		struct known *place = place_of(shard, name, probe);
		/* A place that was taken stays so: beyond one that is free there is nothing. */
		if (place->name == 0)
			break;
		if (place->name != name)
			continue;
		behind = version < place->version || asked <= place->purged;
		break;
	}
	(void)pthread_mutex_unlock(&shard->lock);
	return (behind);
}

/* Whether a page with `Cache-Tag: price:42,price:42@7` that was asked for at `asked` is older than what was noted. */
static int
is_behind(const char *tags, const char *asked)
{
	double at = asked ? strtod(asked, NULL) : 0;
	for (; tags && *tags; tags += strspn(tags, ", ")) {
		size_t length = strcspn(tags, ", ");
		if (length > 0 && tag_is_behind(tags, length, at))
			return (1);
		tags += length;
	}
	return (0);
}
}C
