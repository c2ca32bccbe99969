# The newest versions that the shop has published, and the tags that it has purged, for the two minutes in which a page
# that was made before may still arrive. VCL has no loops and no table, so this is C: varnishd needs
# `-p vcc_allow_inline_c=on`. A name is a hash of a tag such as `price:42`. And whether what Varnish keeps is believed:
# only while the shop confirms that it has published everything.

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

/* Seconds that a confirmation holds. */
#define TRUST_S {{trust_s}}

struct known {
	uint64_t name;
	/* The newest that the shop has published, and that a visitor was shown. */
	uint64_t version, shown;
	/* When it was purged, and heard of from the shop: 0 where it was only shown, and may be forgotten first. */
	double purged, at;
};

static struct shard {
	pthread_mutex_t lock;
	/* A name was forgotten too early: what was asked for before this is not kept. */
	double lost;
	struct known places[PLACES];
} shards[SHARDS];

static struct {
	pthread_mutex_t lock;
	/* All that was committed before this moment is published. */
	double confirmed;
	/* What was asked for until then may lack a change that came while nothing was confirmed. */
	double begun;
} belief;

/* The names of a call whose version was new, apart by spaces. Room for the longest header, and the end of it. */
static __thread char raised[16384];

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

/*
 * The place of a name; where it has none the one that was renewed longest ago, and for a name that was only shown none of those that
 * the shop has published lately. With the lock of the shard.
 */
static struct known *
taken_place(struct shard *shard, uint64_t name, int is_published, double now)
{
	struct known *oldest = place_of(shard, name, 0);
	for (unsigned probe = 0; probe < PROBES; probe++) {
		struct known *place = place_of(shard, name, probe);
		if (place->name == name)
			return (place);
		if (place->at < oldest->at)
			oldest = place;
	}
	if (oldest->name != 0 && now - oldest->at < KEPT_S) {
		if (!is_published)
			return (0);
		shard->lost = now + 0.001;
	}
	memset(oldest, 0, sizeof *oldest);
	oldest->name = name;
	return (oldest);
}

/* Notes `price:42@8 price:43@9`, or `price:42 price:43` as purged now. Never lowers a version. Leaves in `raised` what changed. */
static void
note(const char *text, double now)
{
	size_t used = 0;
	for (; text && *text; text += strspn(text, " ")) {
		size_t length = strcspn(text, " "), tag = strcspn(text, "@ ");
		uint64_t name = name_of(text, tag);
		struct shard *shard = shard_of(name);
		int is_new = 1;
		(void)pthread_mutex_lock(&shard->lock);
		struct known *place = taken_place(shard, name, 1, now);
		if (tag < length) {
			uint64_t version = strtoull(text + tag + 1, NULL, 10);
			is_new = version > place->version;
			if (is_new)
				place->version = version;
		} else {
			/* The moment of a question is rounded to milliseconds. */
			place->purged = now + 0.001;
		}
		place->at = now;
		(void)pthread_mutex_unlock(&shard->lock);
		if (is_new && used + tag + 2 < sizeof raised) {
			memcpy(raised + used, text, tag);
			used += tag;
			raised[used++] = ' ';
		}
		text += length;
	}
	raised[used] = '\0';
}

/* Notes the versions of a page that is about to be shown, `price:42,price:42@7`: no page that is kept shows less afterwards. */
static void
observe(const char *tags, double now)
{
	for (; tags && *tags; tags += strspn(tags, ", ")) {
		size_t length = strcspn(tags, ", "), tag = strcspn(tags, "@, ");
		if (tag < length) {
			uint64_t name = name_of(tags, tag), version = strtoull(tags + tag + 1, NULL, 10);
			struct shard *shard = shard_of(name);
			(void)pthread_mutex_lock(&shard->lock);
			struct known *place = taken_place(shard, name, 0, now);
			if (place && version > place->shown)
				place->shown = version;
			(void)pthread_mutex_unlock(&shard->lock);
		}
		tags += length;
	}
}

/*
 * The shop has published all that was committed before `moment`, of this clock: one that Varnish has told it. A call that was held up
 * confirms no more than it meant. Returns whether what is kept may lack a change.
 */
static int
confirm(const char *text, double now)
{
	double moment = text ? strtod(text, NULL) : 0;
	if (!(moment > 0 && moment <= now))
		return (0);
	(void)pthread_mutex_lock(&belief.lock);
	int is_lost = now < belief.confirmed || now - belief.confirmed >= TRUST_S;
	if (is_lost) {
		belief.begun = now + 0.001;
		belief.confirmed = moment;
	} else if (moment > belief.confirmed) {
		belief.confirmed = moment;
	}
	(void)pthread_mutex_unlock(&belief.lock);
	return (is_lost);
}

/* Whether a page that was asked for at `asked` may be kept, and shown without the shop. */
static int
is_believed(const char *asked, double now)
{
	double at = asked ? strtod(asked, NULL) : 0;
	(void)pthread_mutex_lock(&belief.lock);
	int believed = now >= belief.confirmed && now - belief.confirmed < TRUST_S && at > belief.begun;
	(void)pthread_mutex_unlock(&belief.lock);
	return (believed);
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
		behind = version < place->version || version < place->shown || asked <= place->purged;
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
