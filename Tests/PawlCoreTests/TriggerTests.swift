import PawlCore
import Testing

/// Triggers: how they are read and written.
struct TriggerTests {
    private static let weekly: JSON = [
        "recurrence_type": "weekly", "days": [1, 3, 5], "time": "09:00", "timezone": "UTC",
    ]

    @Test(
        arguments: [
            (["type": "manual"], "ManualTrigger", ["type": "manual"]),
            (["type": "webhook"], "WebhookTrigger", ["type": "webhook", "source_type": "generic"]),
            (
                ["type": "webhook", "source_type": "github", "config": ["secret": "s"]],
                "WebhookTrigger",
                ["type": "webhook", "source_type": "github", "config": ["secret": "s"]]
            ),
            (["type": "scheduled"], "ScheduledTrigger", ["type": "scheduled", "schedule": [:]]),
            (
                ["type": "scheduled", "schedule": weekly], "ScheduledTrigger",
                ["type": "scheduled", "schedule": weekly]
            ),
            (
                ["type": "event", "event": "job.completed"], "EventTrigger",
                ["type": "event", "event": "job.completed"]
            ),
            (["type": "event"], "EventTrigger", ["type": "event", "event": ""]),
            (
                ["type": "mystery", "source_type": "x", "config": ["a": 1]], "Trigger",
                ["type": "mystery", "config": ["a": 1]]
            ),
            ([:], "Trigger", ["type": ""]),
            // What has the wrong type is missing.
            (
                ["type": "webhook", "source_type": 5, "config": []], "WebhookTrigger",
                ["type": "webhook", "source_type": "generic"]
            ),
            ("manual", "Trigger", ["type": ""]),
        ] as [(JSON, String, JSON)]
    )
    func `a trigger is written as RoomKit writes it`(json: JSON, className: String, written: JSON) {
        let trigger = Trigger(json: json)
        #expect(trigger.className == className)
        #expect(trigger.json == written)
        #expect(Trigger(json: trigger.json) == trigger)
    }
}
