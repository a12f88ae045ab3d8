# caught by: settle-crash
# A container opens in one transaction, and its children are made in the next.
/^step a_to_scope/s/\{/{ commit; begin;/
