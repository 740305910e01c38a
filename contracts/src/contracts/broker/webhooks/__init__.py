"""The flow of a delivery, from an event to the recorded attempt.

1. An event adds a row to the outbox for each webhook that listens to it (`contracts.broker.actions.notify`), in the
   transaction of the event. So a webhook is neither lost nor sent for something that did not happen.
2. The commit wakes `worker`, which claims the rows that are due. A claim lasts some seconds and is renewed while the
   attempt runs, so several processes share the work, and another one soon sends what a dead process left.
   `places` chooses what starts: a request without a response leaves its place, so silent hosts do not delay others.
   If the machine's clock was set back (`clocks`), rows that would wait too long are due at once.
3. `requests` fills the template with the current values of the event, and checks the request against the settings.
4. `http` sends it. `connections` connects only to an address that was checked; `deadlines` limits the time.
5. `worker` records the attempt with its log, without secrets. A failed attempt is due again by the schedule; a
   successful or final one ends the delivery.
6. A delivery that requests a verification starts the lease of its job (`contracts.model.jobs`). If the lease ends
   without a result, `worker` puts the request into the outbox again (`contracts.broker.actions.recover`).
"""
