/*
 * One schedule with three ticks, two schedulers of which none leads, and a person who changes the schedule.
 *
 * Stands for
 *   plan     Session.lockDueSchedules: lock the schedule, pass over a locked one, read what is due
 *   fire     Session.fire: the tick's row and its run, and the next tick by comparison, in one transaction
 *   change   an UPDATE of the schedule: what was due is recorded as skipped, and the next tick is computed anew
 *            (pawl.reset_schedule, Session.setFirstTick)
 *
 * A scheduler may die between any two statements.
 *
 * mutant LEADER    fired_once        who leads looks at a lease, and fires without a lock or a comparison
 * mutant SPLIT     tick_is_told      the schedule moves on in one transaction, and the run is made in the next
 * mutant TO_NOW    tick_is_told      the schedule moves on to what comes after the present
 * mutant NO_LOCK   fired_has_one_run a tick is planned without a lock, fired without a comparison, and not unique
 * mutant FORGETS   tick_is_told      who changes the schedule does not record what was due
 */
#include "promise.h"
#define TICKS 3
#define SCHEDULERS 2
#define CRASHES 2
#define UNKNOWN 0

byte now, next = 1, since;      /* Ticks are 1, 2, 3; the next one is unknown after a change. */
byte fired[TICKS + 2], skipped[TICKS + 2], runs[TICKS + 2];
bool locked;
byte crashes, changes, leader;

bool fired_once, fired_has_one_run, tick_is_told;

active proctype clock() { do :: now < TICKS -> now++ :: else -> break od }

active [SCHEDULERS] proctype scheduler() {
  byte tick;
  do
#ifdef LEADER
  :: atomic { next <= TICKS && now >= next -> leader = _pid; tick = next }
     if :: atomic { leader == _pid -> skip } :: atomic { leader != _pid -> tick = 0; goto again } fi;
     atomic { fired[tick]++; runs[tick]++; promise(fired_once, fired[tick] <= 1) }
     if :: atomic { crashes < CRASHES -> crashes++; goto again } :: skip fi;
     atomic { if :: next <= tick -> next = tick + 1 :: else fi }
#else
#ifdef NO_LOCK
  :: atomic { next != UNKNOWN && next <= TICKS && now >= next -> tick = next }
#else
  :: atomic { !locked && next != UNKNOWN && next <= TICKS && now >= next -> locked = true; tick = next }
#endif
     if :: atomic { crashes < CRASHES -> crashes++; locked = false; goto again } :: skip fi;
#ifdef SPLIT
     atomic { next = tick + 1; locked = false }
     if :: atomic { crashes < CRASHES -> crashes++; goto again } :: skip fi;
     atomic { if :: fired[tick] == 0 -> fired[tick] = 1; runs[tick]++ :: else fi }
#else
     atomic {
#ifdef NO_LOCK
       fired[tick] = 1; runs[tick]++; next = tick + 1;
#else
       if
       :: next == tick && fired[tick] == 0 -> fired[tick] = 1; runs[tick]++;
#ifdef TO_NOW
          next = now + 1
#else
          next = tick + 1
#endif
       :: else  /* It has changed: nothing is written. */
       fi;
#endif
       locked = false;
       promise(fired_once, fired[tick] <= 1);
       promise(fired_has_one_run, runs[tick] == fired[tick])
     }
#endif
#endif
  /* The next tick is the first one after the change. */
  :: atomic { !locked && next == UNKNOWN -> next = since + 1 }
again:
     atomic { tick = 0 }
  od
}

active proctype person() {
#ifndef LEADER
  do
  :: atomic {
       !locked && changes < 1 && next != UNKNOWN -> changes++;
#ifndef FORGETS
       do
       :: next <= now && fired[next] == 0 -> skipped[next]++; next++
       :: next <= now && fired[next] > 0 -> next++
       :: else -> break
       od;
#endif
       since = now; next = UNKNOWN
     }
  od
#else
  skip
#endif
}

init {
  byte tick;
  timeout -> atomic {
    for (tick : 1 .. TICKS) { promise(tick_is_told, fired[tick] + skipped[tick] == 1) }
  }
}
