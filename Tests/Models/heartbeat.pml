/*
 * Two workers, their heartbeats, and one task. A worker whose heartbeat stalls is given up, and comes back.
 *
 * Stands for
 *   beat     Session.beat: renews the lease if the worker was not given up, by the database's clock
 *   give up  Session.giveUpDeadWorkers, Session.rescue
 *   claim    pawl.claim; its answer may be lost, and the worker notes the doubt (Holdings)
 *   strays   Session.tasksHeld and Session.release, two statements, before the next claim
 *   release  Session.release: a worker gives back what it did not finish
 *   settle   Session.settle
 *
 * Time goes on whether anybody beats or not, which is what a stall is.
 *
 * mutant BEAT_REVIVES   lost_stays_lost       a beat does not look whether the worker was given up
 * mutant NO_FENCE       released_is_mine      a release looks at the task, and not at the fence
 * mutant NO_DOUBT       nothing_is_forgotten  a worker forgets that a claim was not answered
 * mutant CLIENT_CLOCK   lease_is_honoured     a beat says when it was sent, by a clock that is behind
 * mutant NO_RESCUE      nothing_is_forgotten  nobody takes over
 * mutant LATE_CLAIM     nothing_is_forgotten  the server makes a claim after the worker has looked for strays: nothing
 *                                            in the engine excludes it, see Tests/Isolation/open/claim-doubt.spec
 */
#include "promise.h"
#define END 3
#define LEASE 1
#define CRASHES 1
#define LOSSES 1
#define RELEASES 2
#define IDS 5   /* two workers, one that died, and as many as can be given up before the end */
#define NOBODY 255

mtype = { due, held, settled };

mtype task = due;
byte fence, holder = NOBODY, results;
byte now, beat[IDS], true_beat[IDS];
bool registered[IDS], dead[IDS], lost[IDS], told[IDS], pending[IDS];
byte ids, crashes, losses, releases;

bool lost_stays_lost, released_is_mine, nothing_is_forgotten, lease_is_honoured, result_of_holder;

active proctype clock() { do :: now < END -> now++ :: else -> break od }

#ifdef CLIENT_CLOCK
#define instant (now > 1 -> now - 2 : 0)
#else
#define instant now
#endif

#define give_back task = due; holder = NOBODY; fence++

inline beats(w) {
  atomic {
    registered[w] && !dead[w] && !told[w] && true_beat[w] != now || registered[w] && !dead[w] && !told[w] && lost[w];
    if
#ifdef BEAT_REVIVES
    :: beat[w] = instant; true_beat[w] = now; promise(lost_stays_lost, !lost[w])
#else
    :: !lost[w] -> beat[w] = instant; true_beat[w] = now
    :: lost[w] -> told[w] = true
#endif
    fi
  }
}

inline gives_up(w) {
  atomic {
    registered[w] && !lost[w] && (now - beat[w] > LEASE || now == END && dead[w]);
    promise(lease_is_honoured, now - true_beat[w] > LEASE || dead[w]);
    lost[w] = true
  }
}

inline lands(w) {
  atomic { pending[w] && task == due && !lost[w] -> pending[w] = false; task = held; holder = w; fence++ }
}

active proctype pulses() {
  do
  :: beats(0) :: beats(1) :: beats(2) :: beats(3) :: beats(4)
  od
}

active proctype rescuer() {
#ifdef NO_RESCUE
  skip
#else
  do
  :: gives_up(0) :: gives_up(1) :: gives_up(2) :: gives_up(3) :: gives_up(4)
  :: atomic { task == held && lost[holder] -> give_back }
  od
#endif
}

#ifdef LATE_CLAIM
active proctype server() {
  do
  :: lands(0) :: lands(1) :: lands(2) :: lands(3) :: lands(4)
  od
}
#endif

proctype worker() {
  byte me, mine, stray;
  bool doubtful;
birth:
  atomic {
    ids < IDS -> me = ids; ids++; mine = 0; stray = 0; doubtful = false;
    registered[me] = true; beat[me] = now; true_beat[me] = now
  }
  do
  :: told[me] -> goto birth
  :: atomic { doubtful && !told[me] -> if :: task == held && holder == me -> stray = fence :: else -> stray = 0 fi }
     atomic {
       if
#ifdef NO_FENCE
       :: stray > 0 && task == held -> promise(released_is_mine, holder == me && fence == stray); give_back
#else
       :: stray > 0 && fence == stray -> promise(released_is_mine, holder == me && task == held); give_back
#endif
       :: else
       fi;
       doubtful = false; stray = 0
     }
  :: atomic {
       !doubtful && !told[me] && task == due && !lost[me];
       if
       :: task = held; holder = me; fence++; mine = fence
       :: losses < LOSSES -> losses++;
#ifndef NO_DOUBT
          doubtful = true;
#endif
          if
          :: task = held; holder = me; fence++
#ifdef LATE_CLAIM
          :: pending[me] = true
#endif
          fi;
          goto again
       fi
     }
     if
     :: atomic { crashes < CRASHES -> crashes++; dead[me] = true; goto birth }
     :: atomic {
          releases < RELEASES -> releases++;
          if
#ifdef NO_FENCE
          :: task == held -> promise(released_is_mine, holder == me && fence == mine); give_back
#else
          :: fence == mine -> promise(released_is_mine, holder == me && task == held); give_back
#endif
          :: else
          fi
        }
     :: atomic {
          if
          :: fence == mine ->
             promise(result_of_holder, holder == me && task == held && results == 0);
             results++; fence++; task = settled; holder = NOBODY
          :: else
          fi
        }
     fi;
again:
     atomic { mine = 0 }
  od
}

init {
  atomic { run worker(); run worker() }
  timeout -> promise(nothing_is_forgotten, task == settled)
}
