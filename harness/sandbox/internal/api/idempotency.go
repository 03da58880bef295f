package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"net/http"

	"qorcheck/harness/sandbox/internal/strict"
)

const IdempotencyHeader = "Qor-Idempotent-Key"

// idempotencyKey returns the key where the operation honours one: every POST
// does.
func idempotencyKey(op *strict.Operation, key string) string {
	if op.Method != http.MethodPost {
		return ""
	}
	return key
}

// fingerprint distinguishes requests by operation and by the value of the
// body: spelling, order of names and media type do not count. The state keeps
// the fingerprint, never the card.
func fingerprint(op *strict.Operation, rq *Request) string {
	sum := sha256.Sum256(EncodeJSON([]any{op.ID, rq.Path, canonical(rq.body)}))
	return hex.EncodeToString(sum[:])
}

// canonical returns a JSON value in which equal numbers are spelt alike.
func canonical(v any) any {
	switch v := v.(type) {
	case json.Number:
		if r, ok := new(big.Rat).SetString(v.String()); ok {
			return []any{"number", r.RatString()}
		}
	case []any:
		items := []any{"array"}
		for _, item := range v {
			items = append(items, canonical(item))
		}
		return items
	case map[string]any:
		members := map[string]any{}
		for name, member := range v {
			members[name] = canonical(member)
		}
		return members
	}
	return v
}
