package planner

// memo remembers values by key. Its zero value is ready for use, by one goroutine.
type memo[K comparable, V any] struct{ known map[K]V }

// get returns the value of a key, which produce makes the first time.
func (m *memo[K, V]) get(key K, produce func() V) V {
	if value, ok := m.known[key]; ok {
		return value
	}
	value := produce()
	if m.known == nil {
		m.known = map[K]V{}
	}
	m.known[key] = value
	return value
}
