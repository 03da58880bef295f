package defects

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"qorcheck/harness/sandbox/internal/api"
)

func keyed(x *exchange) bool { return x.Header.Get(api.IdempotencyHeader) != "" }

func keyIgnored(x *exchange) { x.Header.Del(api.IdempotencyHeader) }

// What happens when a request comes again under its idempotency key.
var idempotencyMutants = []Mutant{
	{"key-ignored", "ignores the idempotency key", "IDEM-1", nil, on{"payment-sale-manual"},
		before(keyed, keyIgnored)},
	{"key-ignored-by-capture", "ignores the idempotency key of captures", "IDEM-1", nil, on{"payment-capture"},
		before(all(is("payment-capture"), keyed), keyIgnored)},
	{"key-ignored-by-refund", "ignores the idempotency key of refunds", "IDEM-1", nil, on{"payment-refund"},
		before(all(is("payment-refund"), keyed), keyIgnored)},
	{"key-ignored-ach", "ignores the idempotency key of bank transfers", "IDEM-1", nil, on{"ach-sale"},
		before(all(is("ach-sale", "ach-credit"), keyed), keyIgnored)},
	{"key-only-in-sequence", "looks at the idempotency key only when the first request is done", "IDEM-2", nil, on{"payment-sale-manual"},
		overlapping()},
	{"key-across-merchants", "mixes up equal idempotency keys of two merchants", "IDEM-5", nil, on{"payment-sale-manual"},
		sharedKeys()},
	{"other-body-acts", "carries out another body under a known idempotency key", "IDEM-4", nil, on{"payment-sale-manual"},
		forgetsOtherBodies()},
	{"blank-key-counts", "takes a blank idempotency key for a key", "IDEM-6", nil, on{"payment-sale-manual"},
		before(func(x *exchange) bool { return len(x.Header.Values(api.IdempotencyHeader)) > 0 && !keyed(x) }, func(x *exchange) { x.Header.Set(api.IdempotencyHeader, "blank") })},
	{"key-letters-ignored", "takes an idempotency key in other letters for the same", "IDEM-6", nil, on{"payment-sale-manual"},
		before(keyed, func(x *exchange) {
			x.Header.Set(api.IdempotencyHeader, strings.ToLower(x.Header.Get(api.IdempotencyHeader)))
		})},
	{"key-forgotten-on-hang-up", "forgets the idempotency key of a request whose client hung up", "IDEM-3", nil, on{"payment-sale-manual"},
		forgetsOnHangUp()},
}

// overlapping ignores the key of a request that comes while another with the
// same key is under way.
func overlapping() defect {
	return func(p *planting) error {
		var mu sync.Mutex
		pending := map[*http.Request]string{}
		return both(
			before(keyed, func(x *exchange) {
				key, alone := x.Header.Get(api.AppKeyHeader)+x.Header.Get(api.IdempotencyHeader), true
				mu.Lock()
				for _, other := range pending {
					alone = alone && other != key
				}
				pending[x.Request] = key
				mu.Unlock()
				time.Sleep(20 * time.Millisecond) // a real platform takes its time
				if !alone {
					keyIgnored(x)
				}
			}),
			after(always, func(x *exchange) {
				mu.Lock()
				defer mu.Unlock()
				delete(pending, x.Request)
			}),
		)(p)
	}
}

// sharedKeys answers a merchant with what another was answered under the key.
func sharedKeys() defect {
	type first struct {
		app    string
		status int
		body   []byte
	}
	return func(p *planting) error {
		var known sync.Map
		return both(
			before(keyed, func(x *exchange) {
				if before, there := known.Load(x.Header.Get(api.IdempotencyHeader)); there && before.(first).app != x.Header.Get(api.AppKeyHeader) {
					x.status, x.body = before.(first).status, before.(first).body
				}
			}),
			after(all(keyed, answered(200, 201)), func(x *exchange) {
				known.LoadOrStore(x.Header.Get(api.IdempotencyHeader), first{x.Header.Get(api.AppKeyHeader), x.status, x.body})
			}),
		)(p)
	}
}

// forgetsOtherBodies ignores the key where it comes with another body.
func forgetsOtherBodies() defect {
	return func(p *planting) error {
		var known sync.Map
		return before(keyed, func(x *exchange) {
			key := x.Header.Get(api.AppKeyHeader) + x.Header.Get(api.IdempotencyHeader)
			if first, there := known.LoadOrStore(key, string(x.sent)); there && first != string(x.sent) {
				keyIgnored(x)
			}
		})(p)
	}
}

// forgetsOnHangUp lets a key go when the client is not there to read the answer. A
// request under a key waits until it is known whether the one before was read.
func forgetsOnHangUp() defect {
	type under struct {
		api.Keys
		again string
	}
	of := func(x *exchange) under {
		return under{api.Keys{App: x.Header.Get(api.AppKeyHeader), Client: x.Header.Get(api.ClientKeyHeader)}, x.Header.Get(api.IdempotencyHeader)}
	}
	return func(p *planting) error {
		var answering sync.Map // under → chan struct{}
		return errors.Join(
			before(keyed, func(x *exchange) {
				if read, there := answering.Load(of(x)); there {
					<-read.(chan struct{})
				}
			})(p),
			after(all(keyed, answered(200, 201)), func(x *exchange) {
				key, read := of(x), make(chan struct{})
				answering.Store(key, read)
				x.half = func(hungUp bool) {
					defer close(read)
					if hungUp {
						x.server.State.Lock()
						defer x.server.State.Unlock()
						delete(x.server.State.Memories, api.MemoryKey{Client: x.server.Clients[key.Keys].Name, Key: key.again})
					}
				}
			})(p),
		)
	}
}

// declinesRepeats declines each payment under a key that was used before. Two at
// once are told apart by the lock of the sandbox: the second waits for the first.
func declinesRepeats() defect {
	return func(p *planting) error {
		var mu sync.Mutex
		used := map[api.MemoryKey]bool{}
		payment := func(x *exchange) bool { return x.operation != "webhooks-create" }
		return after(all(keyed, answered(200, 201), payment), func(x *exchange) {
			key := api.MemoryKey{Client: x.Header.Get(api.AppKeyHeader), Key: x.Header.Get(api.IdempotencyHeader)}
			mu.Lock()
			defer mu.Unlock()
			if used[key] {
				answers(200, encoded(api.DeclineUnstored(&api.Request{}, api.CodeRepeatedKey).Body))(x)
			}
			used[key] = true
		})(p)
	}
}
