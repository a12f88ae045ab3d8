-- caught by: beat-give-up
-- A worker that was given up renews its leases.
call stage.mutate('beat 1', 'and lost_at is null', '');
