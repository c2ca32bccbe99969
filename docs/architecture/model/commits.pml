/*
 * All of a commit or nothing of it, for Spin: two rows, and the word "behind" of the lease. README.md says what is modelled.
 * Redis is believed for ever here; when it may be is what lease.pml is about. Every macro but COMMITS takes a part out, and Spin
 * must find what breaks.
 */
#ifndef COMMITS
#define COMMITS 3
#endif

#define max(a, b) ((a) > (b) -> (a) : (b))

/* Postgres. */
typedef Commit {
  byte made[2];                        /* the version that it made of each row; 0: it left that row alone */
  bit indexed[2];                      /* its row of the outbox is marked; also where there is none */
};
Commit commit[COMMITS];
byte commits;
byte version[2];

/* Redis. */
byte index[2];
byte behind;                           /* how often it was said that the index may be behind, since that was taken back */

typedef Scan {
  byte found[2];                       /* of each row, the version to which its changes are in the scan; 0: none */
  bit complete;                        /* nothing was left out */
};

/* Scratch of a single atomic step. */
hidden byte c;
hidden byte news;
hidden byte part;

inline word() {
#ifdef BIT_WORD
  behind = 1
#else
  behind++
#endif
}

#define isPair(c) (commit[c].made[0] > 0 && commit[c].made[1] > 0)

/* Whether to raise row r alone leaves a part of a commit: one of both rows that is not known to be in the index. */
inline lookForPart(r) {
  part = false; c = 0;
  do
  :: c < commits ->
#ifdef OWN_COMMIT_ONLY
     part = part || (isPair(c) && commit[c].made[r] == version[r] && !commit[c].indexed[0] && !commit[c].indexed[1]);
#else
     part = part || (isPair(c) && !commit[c].indexed[0] && !commit[c].indexed[1]);
#endif
     c++
  :: else -> break
  od;
#ifdef NO_WORD_OF_READERS
  part = false;
#endif
  c = 0
}

/* A script that raises both rows; 0 raises nothing. */
inline raise(a, b, isPart) {
  news = a > index[0] || b > index[1];
  index[0] = max(index[0], a); index[1] = max(index[1], b);
  if :: news && isPart -> word() :: else fi;
  news = false
}

inline assertWhole(a, b) {
  c = 0;
  do
  :: c < commits -> assert(!isPair(c) || (a >= commit[c].made[0]) == (b >= commit[c].made[1])); c++   /* all or nothing */
  :: else -> break
  od;
  c = 0
}

/* Every writer: psql, or one that publishes. Its whole commit may reach the index at any time, in one script. */
proctype Writer() {
  byte mine;
  do
  :: atomic { commits < COMMITS ->
       if
       :: version[0]++; commit[commits].made[0] = version[0]; commit[commits].indexed[1] = true
       :: version[1]++; commit[commits].made[1] = version[1]; commit[commits].indexed[0] = true
       :: version[0]++; version[1]++; commit[commits].made[0] = version[0]; commit[commits].made[1] = version[1]
       fi;
       commits++ }
  :: atomic { mine < commits ->
       if
       :: isPair(mine) -> raise(commit[mine].made[0], commit[mine].made[1], false)
       :: true
       fi;
       mine++ }
  od
}

inline scan(s) {
  s.found[0] = 0; s.found[1] = 0; s.complete = true; c = 0;
  do
  :: c < commits ->
     if :: !commit[c].indexed[0] -> s.found[0] = version[0] :: else fi;
     if :: !commit[c].indexed[1] -> s.found[1] = version[1] :: else fi;
     c++
  :: else -> break
  od;
  c = 0;
  if
  :: true
  :: s.found[0] > 0 && s.found[1] > 0 -> s.found[0] = 0; s.complete = false
  :: s.found[0] > 0 && s.found[1] > 0 -> s.found[1] = 0; s.complete = false
  fi
}

inline mark(s) {
  c = 0;
  do
  :: c < commits ->
     if :: commit[c].made[0] <= s.found[0] -> commit[c].indexed[0] = true :: else fi;
     if :: commit[c].made[1] <= s.found[1] -> commit[c].indexed[1] = true :: else fi;
     c++
  :: else -> break
  od;
  c = 0
}

/* A relay that follows the outbox, or the keeper that refreshes the lease with each scan: one does, as R4 of another is refused. */
proctype Follower(bit keeps) {
  Scan s;
  byte said;
  do
  :: atomic { said = (keeps -> behind : 0) };                                   /* R0 */
     atomic { scan(s) };                                                        /* R2 */
     if                                                                         /* R3: one script, or several */
     :: atomic { s.complete -> raise(s.found[0], s.found[1], false) }
#ifdef SILENT_SCRIPTS
     :: atomic { raise(s.found[0], 0, false) }; atomic { raise(0, s.found[1], false) }
#else
     :: atomic { raise(s.found[0], 0, true) }; atomic { raise(0, s.found[1], true) }
#endif
     fi;
     atomic { mark(s); if :: keeps -> skip :: else -> goto done fi };
     atomic {                                                                   /* R4 */
       if
       :: !s.complete && behind == 0 -> word()
       :: s.complete && behind == said -> behind = 0
       :: else
       fi;
done:  s.found[0] = 0; s.found[1] = 0; s.complete = false; said = 0 }
  od
}

/* A reader of both rows. While the index is behind, or a row is not known, it reads one statement and raises the index to that. */
proctype Reader() {
  byte a, b;
  do
  :: atomic { behind == 0 && commits > 0 -> assertWhole(index[0], index[1]) }
  :: atomic { version[0] > index[0] || version[1] > index[1] -> a = version[0]; b = version[1] };
     atomic { raise(a, b, false); a = 0; b = 0 }
  od
}

/* A reader of one row, a render, or the writer of one. */
proctype OneRow() {
  byte a, b;
  bit isPart;
  do
  :: atomic {
       if
       :: version[0] > index[0] -> a = version[0]; lookForPart(0)
       :: version[1] > index[1] -> b = version[1]; lookForPart(1)
       fi;
       isPart = part; part = false };
     atomic { raise(a, b, isPart); a = 0; b = 0; isPart = false }
  od
}

init {
  atomic { run Writer(); run Follower(true); run Follower(false); run Reader(); run OneRow() }
}
