package exchange

import (
	"context"
	"fmt"

	"qorcheck/harness/message"
	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
)

// Subscribe opens the receiver of messages and registers it at the target, before any
// case awaits one. It returns the receiver, nil when none can be opened, what was sent
// for it, and what removes the registration again. When no message can come, steps that
// await one are blocked and say why.
func (c *Client) Subscribe(ctx context.Context, planned *plan.Case) (*message.Receiver, *Transcript, func()) {
	at := c.settings.Fixtures.Receiver
	if at == nil && !settings.Loopback(c.settings.Target.Hostname()) {
		c.silent = "no message can come: " + c.settings.Fixtures.ReceiverHint()
		return nil, &Transcript{Case: planned}, func() {}
	}
	if at == nil {
		at = &settings.Receiver{Listen: "127.0.0.1:0", Address: "http://127.0.0.1"}
	}
	receiver, err := message.Listen(at.Listen, at.Address, c.secret)
	if err != nil {
		c.silent = fmt.Sprintf("no message can come: %s: %s", c.settings.Fixtures.File, err)
		return nil, &Transcript{Case: planned}, func() {}
	}
	c.receiver, c.silent = receiver, ""
	if deaf := receiver.Deaf(ctx); deaf != "" {
		c.silent = "no message can come: " + deaf
		return receiver, &Transcript{Case: planned}, func() {}
	}
	t, undo := c.Prepare(ctx, planned)
	if t.Stopped != "" {
		c.silent = "the messages could not be subscribed to: " + t.Stopped
	}
	return receiver, t, undo
}
