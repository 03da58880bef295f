package run

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"
)

// expiredToken returns when a JSON Web Token ended, and reports whether it has.
func expiredToken(token string) (end time.Time, expired bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return time.Time{}, false
	}
	data, err := base64.RawURLEncoding.DecodeString(parts[1])
	var claims struct {
		Expires float64 `json:"exp"`
	}
	if err != nil || json.Unmarshal(data, &claims) != nil || claims.Expires <= 0 {
		return time.Time{}, false
	}
	end = time.Unix(int64(claims.Expires), 0)
	return end, time.Now().After(end)
}
