// Package casebook certifies servers that nobody here wrote, each by its own
// description, with requirements and fixtures in testdata. What each was found to
// break stands in CASEBOOK.md. Others are certified as a newcomer does it, by what they
// serve themselves; what was found stands in STRANGERS.md. The package holds tests with the build tag tools
// and nothing else; make casebook builds the servers and runs them.
package casebook
