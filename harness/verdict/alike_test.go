package verdict

import "testing"

func TestStrangeMember(t *testing.T) {
	error404 := map[string]any{"code": "GW76", "details": map[string]any{"at": "1"}}
	for _, tt := range []struct {
		name             string
		body, one, other any
		pointer          string
		surplus          bool
	}{
		{"equal members", map[string]any{"code": "GW63", "details": map[string]any{"at": "2"}}, error404, error404, "", false},
		{"one more", map[string]any{"code": "GW76", "details": map[string]any{"at": "1", "owner": "x"}}, error404, error404, "/details/owner", true},
		{"one less", map[string]any{"code": "GW76"}, error404, error404, "/details", false},
		{"one more in a list", map[string]any{"l": []any{map[string]any{"a": 1.0, "b": 1.0}}}, map[string]any{"l": []any{map[string]any{"a": 1.0}}}, map[string]any{"l": []any{map[string]any{"a": 2.0}}}, "/l/*/b", true},
		{"members that differ between two unknown ids", map[string]any{"id-3": true}, map[string]any{"id-1": true}, map[string]any{"id-2": true}, "", false},
		{"no bodies", nil, nil, nil, "", false},
	} {
		if pointer, surplus := strangeMember(tt.body, tt.one, tt.other); pointer != tt.pointer || surplus != tt.surplus {
			t.Errorf("%s: %q, surplus %v, want %q, %v", tt.name, pointer, surplus, tt.pointer, tt.surplus)
		}
	}
}
