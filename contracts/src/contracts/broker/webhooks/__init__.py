"""How a webhook leaves the broker.

1. An event writes a row for each webhook that listens (`contracts.broker.actions.notify`), in the event's transaction.
2. `worker` claims what is due, so that several processes share the work and no host has more than its share.
3. `requests` fills the template and judges the request once more.
4. `http` sends it within its time (`deadlines`); `connections` connects to the judged address and no other.
5. The attempt is recorded with its log. A failure is tried again by the schedule.
"""
