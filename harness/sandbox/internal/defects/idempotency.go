package defects

import (
	"net/http"
	"strings"
	"sync"
	"time"

	"qorcheck/harness/sandbox/internal/api"
)

func keyIgnored(x *exchange) { x.Header.Del(api.IdempotencyHeader) }

// What happens when a request comes again under its idempotency key.
var idempotencyDefects = []Defect{
	{"key-ignored", "ignores the idempotency key", "IDEM-1", nil, on{"payment-sale-manual"},
		before(keyed, keyIgnored)},
	{"key-ignored-by-capture", "ignores the idempotency key of captures", "IDEM-1", nil, on{"payment-capture"},
		before(all(is("payment-capture"), keyed), keyIgnored)},
	{"key-ignored-by-refund", "ignores the idempotency key of refunds", "IDEM-1", nil, on{"payment-refund"},
		before(all(is("payment-refund"), keyed), keyIgnored)},
	{"key-ignored-ach", "ignores the idempotency key of bank transfers", "IDEM-1", nil, on{"ach-sale"},
		before(all(is("ach-sale", "ach-credit"), keyed), keyIgnored)},
	{"key-only-in-sequence", "looks at the idempotency key only when the first request is done", "IDEM-2", nil, on{"payment-sale-manual"},
		overlapping("payment-sale-manual")},
	{"key-across-merchants", "mixes up equal idempotency keys of two merchants", "IDEM-5", nil, on{"payment-sale-manual"},
		sharedKeys("payment-sale-manual")},
	{"other-body-acts", "carries out another body under a known idempotency key", "IDEM-4", also{"IDEM-1", "IDEM-7"}, on{"payment-sale-manual"},
		forgetsOtherBodies()},
	{"key-by-path", "knows an idempotency key at its own path alone", "IDEM-7", nil, on{"payment-auth"},
		before(all(is("payment-auth"), keyed), func(x *exchange) { x.Header.Set(api.IdempotencyHeader, x.idempotencyKey()+" of an authorization") })},
	{"key-of-another-declined", "declines an idempotency key that another merchant used", "IDEM-8", also{"RH-REP-5", "IDEM-9"}, on{"payment-sale-manual"},
		declinesKeysOfOthers()},
	{"blank-key-counts", "takes a blank idempotency key for a key", "IDEM-6", nil, on{"payment-sale-manual"},
		before(func(x *exchange) bool { return len(x.Header.Values(api.IdempotencyHeader)) > 0 && !keyed(x) }, func(x *exchange) { x.Header.Set(api.IdempotencyHeader, "blank") })},
	{"key-letters-ignored", "takes an idempotency key in other letters for the same", "IDEM-6", nil, on{"payment-sale-manual"},
		before(keyed, func(x *exchange) {
			x.Header.Set(api.IdempotencyHeader, strings.ToLower(x.idempotencyKey()))
		})},
	{"key-forgotten-on-hang-up", "forgets the idempotency key of a request whose client hung up", "IDEM-3", nil, on{"payment-sale-manual"},
		forgetsOnHangUp()},
	{"memory-before-keys", "answers a void from memory before it looks for keys", "IDEM-9", nil, on{"payment-void"},
		remembersFor("payment-void", 401)},
	{"memory-before-keys-of-hooks", "answers a registration from memory before it looks for keys", "IDEM-9", nil, on{"webhooks-create"},
		remembersFor("webhooks-create", 401)},
	{"memory-before-keys-of-token-sales", "answers a sale by token from memory before it looks whose the keys are", "IDEM-9", nil, on{"payment-sale-token"},
		remembersFor("payment-sale-token", 403)},
	{"memory-before-keys-of-debit-refunds", "answers the refund of a debit from memory before it looks for keys", "IDEM-9", nil, on{"ach-refund"},
		remembersFor("ach-refund", 401)},
	{"memory-before-rights", "answers a debit from memory before it looks whose the keys are", "IDEM-9", nil, on{"ach-sale"},
		remembersFor("ach-sale", 403)},
	{"memory-before-rights-of-refunds", "answers a refund from memory before it looks whose the keys are", "IDEM-9", nil, on{"payment-refund"},
		remembersFor("payment-refund", 403)},
	{"key-cut-for-authorizations", "compares the first 27 characters of the idempotency key of an authorization", "IDEM-6", nil, on{"payment-auth"},
		cutsKeys("payment-auth")},
	{"key-cut-for-cash", "compares the first 27 characters of the idempotency key of a cash sale", "IDEM-6", nil, on{"cash-sale"},
		cutsKeys("cash-sale")},
	{"key-cut-for-debits", "compares the first 27 characters of the idempotency key of a debit", "IDEM-6", nil, on{"ach-sale"},
		cutsKeys("ach-sale")},
	{"key-cut-for-captures", "compares the first 27 characters of the idempotency key of a capture", "IDEM-6", nil, on{"payment-capture"},
		cutsKeys("payment-capture")},
	{"key-cut-for-voids", "compares the first 27 characters of the idempotency key of a void", "IDEM-6", nil, on{"payment-void"},
		cutsKeys("payment-void")},
	{"key-cut-for-tokens", "compares the first 27 characters of the idempotency key of a card to be kept", "IDEM-6", nil, on{"token-create"},
		cutsKeys("token-create")},
	{"key-of-a-refused-debit-forgotten", "forgets the idempotency key of a debit that was refused", "IDEM-1", nil, on{"ach-sale"},
		before(all(is("ach-sale"), keyed, sends("account_number", as("9000000051"))), keyIgnored)},
	{"key-letters-ignored-by-token", "takes the idempotency key of an authorization by token in other letters for the same", "IDEM-6", nil, on{"payment-auth-token"},
		before(all(is("payment-auth-token"), keyed), func(x *exchange) {
			x.Header.Set(api.IdempotencyHeader, strings.ToLower(x.idempotencyKey()))
		})},
	{"key-compares-sums-of-captures", "compares nothing but the amounts of captures under one idempotency key", "IDEM-4", nil, on{"payment-capture"},
		remembersAlike("payment-capture", "amount")},
	{"key-compares-sums-of-credits", "compares the amounts and orders of credits under one idempotency key", "IDEM-4", nil, on{"ach-credit"},
		remembersAlike("ach-credit", "amount", "orderid")},
	{"key-compares-cards-of-authorizations", "compares the amount, the card and the order of authorizations by token under one idempotency key", "IDEM-4", nil, on{"payment-auth-token"},
		remembersAlike("payment-auth-token", "amount", "creditcard", "orderid")},
	{"key-of-a-body-at-any-path", "answers an equal body under a known idempotency key from memory at any path", "IDEM-7", also{"IDEM-9"}, on{"payment-auth-token", "payment-sale-token"},
		remembersBodies("payment-auth-token", "payment-sale-token")},
	{"key-of-a-transfer-at-any-path", "answers a debit with body and idempotency key of a credit from memory", "IDEM-7", also{"IDEM-9"}, on{"ach-sale", "ach-credit"},
		remembersBodies("ach-sale", "ach-credit")},
	{"key-across-merchants-of-cash", "mixes up equal idempotency keys of two merchants' cash sales", "IDEM-5", nil, on{"cash-sale"},
		sharedKeys("cash-sale")},
	{"key-across-merchants-of-credits", "mixes up equal idempotency keys of two merchants' credits", "IDEM-5", nil, on{"ach-credit"},
		sharedKeys("ach-credit")},
	{"key-across-merchants-of-tokens", "mixes up equal idempotency keys of two merchants' cards", "IDEM-5", nil, on{"token-create"},
		sharedKeys("token-create")},
}

// remembersAlike answers a request from memory where these fields are those of the first under
// its idempotency key, whatever else it says.
func remembersAlike(operation string, fields ...string) plant {
	return fromMemory(func(x *exchange) string {
		parts := []string{x.Header.Get(api.AppKeyHeader), x.idempotencyKey()}
		for _, field := range fields {
			parts = append(parts, x.text(field))
		}
		return strings.Join(parts, " ")
	}, operation)
}

// remembersBodies answers an equal body under its idempotency key from memory at each of some paths.
func remembersBodies(operations ...string) plant {
	return fromMemory(func(x *exchange) string {
		return x.Header.Get(api.AppKeyHeader) + " " + x.idempotencyKey() + " " + string(x.sent)
	}, operations...)
}

// fromMemory answers a request with what the first of its name was answered, if that was a success.
func fromMemory(name func(x *exchange) string, operations ...string) plant {
	type first struct {
		status int
		body   []byte
	}
	return remembering(func() plant {
		var known sync.Map
		return both(
			before(all(is(operations...), keyed, keysOf("valid")), func(x *exchange) {
				if before, there := known.Load(name(x)); there {
					x.status, x.body = before.(first).status, before.(first).body
				}
			}),
			after(all(is(operations...), keyed, keysOf("valid"), answered(200, 201)), func(x *exchange) {
				known.LoadOrStore(name(x), first{x.status, x.body})
			}),
		)
	})
}

// remembersFor answers what it remembers under an idempotency key in place of a rejection.
func remembersFor(operation string, rejection int) plant {
	type first struct {
		status int
		body   []byte
	}
	return remembering(func() plant {
		var known sync.Map
		return after(all(is(operation), keyed), func(x *exchange) {
			switch before, there := known.Load(x.idempotencyKey()); {
			case x.status < 300:
				known.LoadOrStore(x.idempotencyKey(), first{x.status, x.body})
			case there && x.status == rejection:
				x.status, x.body = before.(first).status, before.(first).body
			}
		})
	})
}

// cutsKeys looks at the beginning of an idempotency key alone.
func cutsKeys(operation string) plant {
	return before(all(is(operation), keyed), func(x *exchange) {
		key := x.idempotencyKey()
		x.Header.Set(api.IdempotencyHeader, key[:min(len(key), 27)])
	})
}

// overlapping ignores the key of a request that comes while another with the
// same key is under way.
func overlapping(operation string) plant {
	return remembering(func() plant {
		var mu sync.Mutex
		pending := map[*http.Request]string{}
		return both(
			before(all(is(operation), keyed), func(x *exchange) {
				key, alone := x.Header.Get(api.AppKeyHeader)+x.idempotencyKey(), true
				mu.Lock()
				for _, other := range pending {
					alone = alone && other != key
				}
				pending[x.Request] = key
				mu.Unlock()
				time.Sleep(150 * time.Millisecond) // a real platform takes its time, and a busy machine sends requests at once one after another
				if !alone {
					keyIgnored(x)
				}
			}),
			after(always, func(x *exchange) {
				mu.Lock()
				defer mu.Unlock()
				delete(pending, x.Request)
			}),
		)
	})
}

// sharedKeys answers a merchant with what another was answered under the key.
func sharedKeys(operation string) plant {
	type first struct {
		app    string
		status int
		body   []byte
	}
	return remembering(func() plant {
		var known sync.Map
		return both(
			before(all(is(operation), keyed), func(x *exchange) {
				if before, there := known.Load(x.idempotencyKey()); there && before.(first).app != x.Header.Get(api.AppKeyHeader) {
					x.status, x.body = before.(first).status, before.(first).body
				}
			}),
			after(all(is(operation), keyed, answered(200, 201)), func(x *exchange) {
				known.LoadOrStore(x.idempotencyKey(), first{x.Header.Get(api.AppKeyHeader), x.status, x.body})
			}),
		)
	})
}

// declinesKeysOfOthers declines a merchant's request under a key that another used.
func declinesKeysOfOthers() plant {
	return remembering(func() plant {
		var owners sync.Map
		return before(keyed, func(x *exchange) {
			app := x.Header.Get(api.AppKeyHeader)
			if owner, there := owners.LoadOrStore(x.idempotencyKey(), app); there && owner != app {
				declines(api.CodeRepeatedKey)(x)
			}
		})
	})
}

// forgetsOtherBodies ignores the key where it comes with another body.
func forgetsOtherBodies() plant {
	return remembering(func() plant {
		var known sync.Map
		return before(keyed, func(x *exchange) {
			key := x.Header.Get(api.AppKeyHeader) + x.idempotencyKey()
			if first, there := known.LoadOrStore(key, string(x.sent)); there && first != string(x.sent) {
				keyIgnored(x)
			}
		})
	})
}

// forgetsOnHangUp lets a key go when the client is not there to read the answer. A
// request under a key waits until it is known whether the one before was read.
func forgetsOnHangUp() plant {
	type used struct{ role, key string }
	of := func(x *exchange) used { return used{x.role(), x.idempotencyKey()} }
	return remembering(func() plant {
		var answering sync.Map // used → chan struct{}
		return both(
			before(keyed, func(x *exchange) {
				if read, there := answering.Load(of(x)); there {
					<-read.(chan struct{})
				}
			}),
			after(all(keyed, answered(200, 201)), func(x *exchange) {
				key, read := of(x), make(chan struct{})
				answering.Store(key, read)
				x.midway = func(hungUp bool) {
					defer close(read)
					if hungUp {
						x.server.Do(func(w *api.Work) { delete(w.Memories, api.MemoryKey{Client: key.role, Key: key.key}) })
					}
				}
			}),
		)
	})
}

// marksRepeats adds a field to the response under a key that was used before.
func marksRepeats() plant {
	return remembering(func() plant {
		var used sync.Map
		return after(all(keyed, answered(200, 201)), func(x *exchange) {
			if _, again := used.LoadOrStore(api.MemoryKey{Client: x.Header.Get(api.AppKeyHeader), Key: x.idempotencyKey()}, true); again {
				says("replayed", true)(x)
			}
		})
	})
}

// declinesRepeats declines each payment under a key that was used before. Two at
// once are ordered by the lock of the server: the second waits for the first.
func declinesRepeats() plant {
	return remembering(func() plant {
		var mu sync.Mutex
		used := map[api.MemoryKey]bool{}
		payment := func(x *exchange) bool { return x.operation != "webhooks-create" }
		return after(all(keyed, answered(200, 201), payment), func(x *exchange) {
			key := api.MemoryKey{Client: x.Header.Get(api.AppKeyHeader), Key: x.idempotencyKey()}
			mu.Lock()
			defer mu.Unlock()
			if used[key] {
				declines(api.CodeRepeatedKey)(x)
			}
			used[key] = true
		})
	})
}
