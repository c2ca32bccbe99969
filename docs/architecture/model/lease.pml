/*
 * The protocol of the index lease, for Spin. README.md says what is modelled, in which bounds, and why that is sound.
 * Without a macro this is the protocol as decided in docs/decisions/index-lease.md, where the steps W1, R4, T2 are explained.
 * CLOCK_STEP, CLOCK_AHEAD, GONE, POSITION, LOG_HEAD, BEHIND and READER_TIMERS add a part, FINE takes merged steps apart. Every other macro takes a part out,
 * and Spin must find what breaks.
 */

/* Bounds. Time is counted in ticks. */
#ifndef LEASE
#define LEASE 2                        /* how long a lease lives */
#endif
#ifndef WAIT
#define WAIT (2 * LEASE + 1)           /* before a new lease: two lease times and a margin */
#endif
#ifndef TERMS
#define TERMS 3                        /* terms that may begin, the first included */
#endif
#ifndef EDITS
#define EDITS 2                        /* versions 1 to EDITS + 1 */
#endif

#define FULL (LEASE + 1)               /* a timer runs while it is above 0: until LEASE ticks have passed, that moment included */
#define tick(timer) timer = (timer > 0 -> timer - 1 : 0)
#define max(a, b) ((a) > (b) -> (a) : (b))
#define raise(x, v) x = max(v, x)

/* Postgres: one row with its outbox, and the row of index_term. */
byte version = 1;                      /* an edit adds one, in the transaction that writes the outbox row */
byte indexed = 1;                      /* outbox rows up to this version are marked as indexed */
byte term = 1;
byte sinceRenewal;                     /* ticks since the last R1; stops at WAIT */

/* Redis. The number of a node is its run id. Node 0 is the first primary, node 1 the replica that is promoted. */
typedef Node {
  byte version;                        /* the version index */
#ifdef POSITION
  byte position;                       /* every change up to it has been applied in this data set */
#endif
  byte leaseTerm;
  byte leaseTimer;                     /* the lease lives */
  bit leaseRun;                        /* the run id in the lease */
  bit extended;                        /* the nonce is not the first of the term */
#ifdef GONE
  bit lost;                            /* the key of the lease is deleted: R0 found it expired, or it ended before its time */
#endif
#ifdef BEHIND
  bit behind;                          /* the lease says that the last refresh has left changes out */
#endif
#ifdef LOG_HEAD
  byte sequence;                       /* of the log: how often the version was raised */
#endif
};
Node node[2];
bit promoted;
byte clockStepped;                     /* 1 or 2: the clock of node 0 or 1 was set back, so its lease does not end by itself */

byte page[2];                          /* the version that each renderer made its page from */

typedef Keeping {                      /* what a keeper holds between two steps */
  byte term;                           /* 0: idle */
  byte upTo;                           /* what its scan of the outbox found */
  bit creates;                         /* it begins a term; else it refreshes */
  bit home;                            /* the run of the term that it begins */
  byte timer;                          /* its own clock since R1 */
#ifdef GONE
  byte gone;                           /* ticks left since it found the lease of goneTerm gone, and one; 0: it has not */
  byte goneTerm;
#endif
#ifdef FINE
  byte stage;                          /* steps done: of R1, R2, R3 or of T1, T3 scan, T3 apply */
#endif
};
Keeping keeper[2];

/* The promise to a person that a later read must keep. One is enough: a read that breaks 1 or 2 breaks it to one. */
byte promise;                          /* the version that was acknowledged as live, or shown; 0: none yet */
bit acknowledged;                      /* the promise is an acknowledgement */
byte leased = 1;                       /* highest term that got a lease */

/* Scratch of a single atomic step, not part of the state. */
hidden byte n;
hidden byte v;
hidden byte believed;

/* A command reaches any node that is up, at each step anew: connections, proxies and DNS lead anywhere. */
inline reach() { if :: n = 0 :: promoted -> n = 1 fi }

#ifdef POSITION
#define apply(value) raise(node[n].position, value)
#define rowsMissing (version > node[n].position -> version : 0)
#else
#define apply(value) skip
#define rowsMissing version
#endif

#define rowsFound (version > indexed -> version : 0)

inline advance(value) {
#ifdef LOG_HEAD
  node[n].sequence = node[n].sequence + (value > node[n].version -> 1 : 0);
#endif
  raise(node[n].version, value)
}

/* R4 of a refresh that leaves out what its scan found, or that has applied it. */
#ifdef BEHIND
inline applyOrLeave(k) {
  if
  :: node[n].behind = true
  :: advance(keeper[k].upTo); apply(keeper[k].upTo); node[n].behind = false
  fi
}
#define nothingLeft node[n].behind = false
#else
inline applyOrLeave(k) { advance(keeper[k].upTo); apply(keeper[k].upTo) }
#define nothingLeft skip
#endif

/* A reader whose lease says so asks Postgres, and raises the index to that. */
#if defined(BEHIND) && !defined(BEHIND_IGNORED)
inline askIfBehind() { if :: node[n].behind -> advance(version) :: else fi }
#else
inline askIfBehind() { skip }
#endif

#ifdef GONE
#define isThere !node[n].lost
#else
#define isThere true
#endif
#define unexpired (isThere && (node[n].leaseTimer > 0 || clockStepped == n + 1))
#ifdef NO_TERM
#define leaseLives unexpired
#define leaseOf(t) unexpired
#define termIs(t) true
#else
#define leaseLives (unexpired && node[n].leaseRun == n)
#define leaseOf(t) (leaseLives && node[n].leaseTerm == t)
#define termIs(t) (term == t)
#endif

#if defined(CLOCK_STEP) && !defined(NO_OWN_CLOCK)
#define onTime(k) (keeper[k].timer > 0)
#else
#define onTime(k) true
#endif

/*
 * A reader's poll sets `believed`. A reader may believe while LEASE has not passed since the last extension: that is what
 * its own timing comes to (see README.md). With READER_TIMERS the later reader times the lease itself, and Spin checks
 * that it never believes more than that.
 */
#if defined(NO_LEASE)
#define believable true
#elif defined(NO_TERM)
#define believable (node[n].leaseTimer > 0)
#elif defined(FIRST_NONCE)
#define believable (node[n].leaseTimer > 0 && node[n].leaseRun == n)
#else
#define believable (node[n].leaseTimer > 0 && node[n].leaseRun == n && node[n].extended)
#endif

#ifdef READER_TIMERS
byte sightTerm;                        /* of the lease that the reader polled last */
byte sightLower;                       /* its timer from the last poll that returned a lower nonce than the lease has now */
byte sightSame;                        /* its timer from the last poll that returned the nonce that the lease has now */
bit sightSeen;                         /* it has polled the nonce that the lease has now */

inline poll() {
  believed = false;
  if
  :: leaseLives && sightTerm == node[n].leaseTerm ->
#ifdef TIMED_FROM_CHANGE
     if :: !sightSeen -> sightLower = FULL :: else fi;
#endif
     believed = sightLower > 0; sightSame = FULL; sightSeen = true
  :: leaseLives && sightTerm != node[n].leaseTerm ->
     sightTerm = node[n].leaseTerm; sightLower = 0; sightSame = FULL; sightSeen = true
  :: else
  fi;
  assert(!believed || believable)
}
inline lowerAgain() {
  if
  :: sightTerm == node[n].leaseTerm ->
#ifndef TIMED_FROM_CHANGE
     raise(sightLower, sightSame);
#endif
     sightSame = 0; sightSeen = false
  :: else
  fi
}
#define tickSight tick(sightLower); tick(sightSame)
#else
inline poll() { believed = believable }
#define lowerAgain() skip
#define tickSight skip
#endif

/* The writer whose edit is acknowledged. */
proctype Writer() {
  byte mine, leaseTerm;
  atomic { version++; mine = version };                                        /* W1 */
  atomic { promise == 0 -> reach(); advance(mine);                             /* W2 */
    if :: leaseLives -> leaseTerm = node[n].leaseTerm :: else -> mine = 0; goto propagating fi };
  atomic {                                                                     /* W3 */
#ifdef NO_REREAD
    if :: promise == 0 -> promise = mine; acknowledged = true :: else fi;
#else
    if :: promise == 0 && termIs(leaseTerm) -> promise = mine; acknowledged = true :: else fi;
#endif
    mine = 0; leaseTerm = 0 };
propagating: skip
}

/* Every other write that commits: psql, a writer that dies, an edit that stays "propagating". */
proctype Outside() {
#ifdef LOG_HEAD
  byte commits = EDITS;
#else
  byte commits = EDITS - 1;
#endif
  do :: atomic { commits > 0 -> commits--; version++ } od
}

/* Follows the outbox: advance, then mark the rows. */
proctype Relay() {
  byte found, leaseTerm;
again:
  do
#ifdef FINE
  :: atomic { version > indexed -> found = version };
     atomic { reach(); advance(found);
       if :: leaseLives -> leaseTerm = node[n].leaseTerm :: else -> found = 0; goto again fi };
#else
  :: atomic { version > indexed -> reach(); advance(version);
#ifdef UNCHECKED_ADVANCE
       found = version; leaseTerm = term };
#else
       if :: leaseLives -> found = version; leaseTerm = node[n].leaseTerm :: else -> goto again fi };
#endif
#endif
     atomic {
#ifndef BLIND_MARK
       if :: termIs(leaseTerm) -> raise(indexed, found) :: else fi;
#else
       raise(indexed, found);
#endif
       found = 0; leaseTerm = 0 }
  od
}

/* Late and repeated messages: any committed version may be advanced on any node at any time. */
proctype Network() {
again:
  do :: atomic { reach(); if :: node[n].version < version -> advance(node[n].version + 1) :: else -> goto again fi } od
}

/*
 * Refreshes the lease, or begins a term. There are two; each may pause before any step, for any time. A keeper whose
 * nonce is no longer that of the lease would be refused by R4, so it is idle again at once (newNonce).
 */
#ifdef FINE
#define stageOf(k) keeper[k].stage
#define to(k, s) keeper[k].stage = s
#else
#define stageOf(k) 3
#define to(k, s) skip
#endif
inline idle(k) {
  keeper[k].term = 0; keeper[k].upTo = 0; keeper[k].creates = false; keeper[k].home = 0; keeper[k].timer = 0; to(k, 0)
}

/*
 * T2 ends sooner where the lease of the term before has lived, and is gone from its server for GONE. UNBORN counts a server on
 * which it never lived.
 */
#ifdef GONE
#ifdef UNBORN
#define bornOf(t) (node[n].leaseTerm <= t)
#else
#define bornOf(t) (node[n].leaseTerm == t && node[n].leaseRun == n)
#endif
#define goneLongEnough(k) (keeper[k].gone == 1 && keeper[k].goneTerm + 1 == keeper[k].term)
#define tickGone keeper[0].gone = (keeper[0].gone > 1 -> keeper[0].gone - 1 : keeper[0].gone)
#else
#define goneLongEnough(k) false
#define tickGone skip
#endif

inline newNonce(t) {
#ifndef NO_NONCE
  if :: keeper[0].term == t && !keeper[0].creates -> idle(0) :: else fi;
  if :: keeper[1].term == t && !keeper[1].creates -> idle(1) :: else fi;
#endif
  lowerAgain()
}

proctype Keeper(bit me) {
again:
  do
  :: atomic { keeper[me].term == 0 -> reach();                                 /* R0, R1, R2 */
       if
       :: leaseLives && termIs(node[n].leaseTerm) ->
          keeper[me].term = node[n].leaseTerm; sinceRenewal = 0; keeper[me].upTo = rowsFound; to(me, 1);
#ifdef CLOCK_STEP
          keeper[me].timer = FULL
#endif
       :: else
       fi }
#ifdef FINE
  :: atomic { stageOf(me) == 1 && !keeper[me].creates -> keeper[me].upTo = rowsFound; to(me, 2) }            /* R2 */
  :: atomic { stageOf(me) == 2 && !keeper[me].creates -> reach(); advance(keeper[me].upTo);                  /* R3 */
       if :: leaseOf(keeper[me].term) -> to(me, 3) :: else -> idle(me) fi }
  :: atomic { stageOf(me) == 1 && keeper[me].creates -> n = keeper[me].home; keeper[me].upTo = rowsMissing; to(me, 2) }  /* T3 */
  :: atomic { stageOf(me) == 2 && keeper[me].creates -> n = keeper[me].home; advance(keeper[me].upTo); to(me, 3) }
#endif
  :: atomic { keeper[me].term > 0 && !keeper[me].creates && stageOf(me) == 3 -> reach();                     /* R3, R4 */
       if
       :: leaseOf(keeper[me].term) && onTime(me) ->
          applyOrLeave(me);
          node[n].leaseTimer = FULL; node[n].extended = true; v = keeper[me].term; newNonce(v); idle(me)
       :: else ->
#ifdef BLIND_POSITION
          apply(keeper[me].upTo);
#endif
          idle(me)
       fi }
  :: atomic { keeper[me].term == 0 && term < TERMS ->                          /* T1, T3: scan from the stored position */
       term++; reach(); keeper[me].term = term; keeper[me].creates = true; keeper[me].home = n; keeper[me].upTo = rowsMissing;
       to(me, 1) }
#ifdef GONE
  :: atomic { me == 0 && keeper[me].gone == 0 -> reach();                      /* R0 finds no lease of the server */
       if
       :: bornOf(1) && !leaseLives -> keeper[me].gone = GONE + 1; keeper[me].goneTerm = 1; node[n].lost = true
       :: TERMS > 2 && bornOf(2) && !leaseLives -> keeper[me].gone = GONE + 1; keeper[me].goneTerm = 2; node[n].lost = true
       :: else -> goto again
       fi }
#endif
  :: atomic { keeper[me].creates && stageOf(me) == 3 && (sinceRenewal >= WAIT || goneLongEnough(me)) ->      /* T2 */
       n = keeper[me].home; advance(keeper[me].upTo); apply(keeper[me].upTo);  /* T3: apply */
       if
       :: node[n].leaseTerm < keeper[me].term ->                               /* T4 */
          if :: node[n].leaseRun == n -> v = node[n].leaseTerm; newNonce(v) :: else fi;
          node[n].leaseTerm = keeper[me].term; node[n].leaseRun = n; node[n].leaseTimer = FULL; node[n].extended = false;
          nothingLeft;
#ifdef GONE
          node[n].lost = false;
#endif
          raise(leased, node[n].leaseTerm)
       :: else
       fi;
       idle(me) }
  od
}

/* Renders from Postgres; the page is kept. */
proctype Renderer(bit me) {
  do :: atomic { page[me] != version -> page[me] = version } od
}

#ifdef NO_GUARD
#define mayShowPostgres true
#else
#define mayShowPostgres (indexed >= version || sinceRenewal >= WAIT)           /* (a), (b) */
#endif

#ifdef HEAD_WITHOUT_TERM
#define sameHead (head == node[n].sequence)
#else
#define sameHead (head == node[n].sequence && headTerm == node[n].leaseTerm)
#endif

#ifdef UNTIMED_OBSERVE
#define observeCounts leaseLives
#else
#define observeCounts believable
#endif

/* The reader whose page others must not fall behind: what it shows is a promise. */
proctype Shower() {
  byte mine;
again:
  do
  :: atomic { promise == 0 -> reach();
       if :: believable :: else -> goto again fi;
       askIfBehind();
       if :: mine = page[0] :: mine = page[1] fi;
       if :: mine < node[n].version -> mine = 0; goto again :: else fi;
#ifndef NO_OBSERVE
       if :: mine == node[n].version -> promise = mine; mine = 0; goto again :: else fi };
     atomic { if :: page[0] > mine -> mine = page[0] :: page[1] > mine -> mine = page[1] :: true fi;  /* rendered again */
       reach(); advance(mine);                                                 /* observe */
       if :: observeCounts && promise == 0 :: else -> mine = 0; goto again fi;
#endif
       promise = mine; mine = 0 }
  :: atomic { /* from Postgres */ promise == 0 && mayShowPostgres -> promise = version }
  od
}

/* The reader that comes later. */
proctype Reader() {
#ifdef LOG_HEAD
  byte headTerm, head, copy;
#endif
again:
  do
  :: atomic { reach(); poll();
       if :: believed :: else -> goto again fi;
#ifndef NO_LEASE
       assert(node[n].leaseTerm == leased);                                    /* 9 */
#endif
       askIfBehind();
       v = node[n].version;
#ifdef LOG_HEAD
       if
       :: copy > 0 && sameHead -> v = copy
       :: else -> headTerm = node[n].leaseTerm; head = node[n].sequence; copy = v
       fi;
       assert(v == node[n].version);                                           /* the same head means the same index */
#endif
       if :: page[0] >= v -> v = page[0] :: page[1] >= v -> v = page[1] :: else -> goto again fi;
       assert(!acknowledged || v >= promise);                                  /* 1 */
       assert(acknowledged || v >= promise) }                                  /* 2 */
  od
}

/* The replica is promoted with an earlier state. The first primary lives on. */
proctype Failover() {
  atomic {
    select (v : 1 .. node[0].version); node[1].version = v;
#ifdef POSITION
    select (v : 1 .. node[1].version); node[1].position = v;
#endif
#ifdef LOG_HEAD
    select (v : 1 .. node[1].version);
    node[1].sequence = (node[1].version == 1 -> 0 : (v == 1 -> 1 : v - 1));
#endif
    node[1].leaseTerm = node[0].leaseTerm; node[1].leaseRun = node[0].leaseRun;
#ifdef NO_TERM                         /* else the lease of another run is void, and how long it lives makes no difference */
    node[1].leaseTimer = node[0].leaseTimer; node[1].extended = node[0].extended;
#endif
    promoted = true }
}

proctype Clock() {
  do
  :: d_step {
       tick(node[0].leaseTimer); tick(node[1].leaseTimer); tick(keeper[0].timer); tick(keeper[1].timer);
       tickSight; tickGone;
       sinceRenewal = (sinceRenewal < WAIT -> sinceRenewal + 1 : WAIT) }
#ifdef CLOCK_STEP
  :: clockStepped == 0 -> clockStepped = 1
  :: clockStepped == 0 && promoted -> clockStepped = 2
#endif
#ifdef CLOCK_AHEAD
  :: node[0].leaseRun == 0 && !node[0].lost -> node[0].lost = true
#endif
  od
}

init {
  atomic {
    node[0].version = 1; node[0].leaseTerm = 1; node[0].leaseTimer = FULL; node[0].extended = true;
    node[1].version = 1;
#ifdef POSITION
    node[0].position = 1;
#endif
    page[0] = 1; page[1] = 1;
#ifdef LOG_HEAD                        /* what is asked here involves no promise */
    run Outside();
#else
#if EDITS > 0
    run Writer(); run Outside();
#endif
    run Renderer(0); run Renderer(1); run Shower();
#endif
    run Relay(); run Network(); run Keeper(0); run Keeper(1); run Reader(); run Failover(); run Clock()
  }
}
