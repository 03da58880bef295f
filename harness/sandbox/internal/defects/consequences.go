package defects

// consequences says what cannot hold where a requirement is broken, since it
// builds on it: a request that is not carried out moves no money in any flow. A
// trailing * stands for the rest of an id. What follows from a single defect
// stands in the column also of its mutant.
var consequences = map[string][]string{
	"RH-200-1":  {"RH-200-9", "RH-200-13", "RH-200-14", "RH-NIL-*", "RH-MSG-*", "FL-*", "LST-*", "ACH-*", "IDEM-*", "RH-REP-*"},
	"RH-201-1":  {"RH-200-9", "RH-MSG-*", "FL-*", "IDEM-*", "RH-REP-*"},
	"RH-200-2":  {"FL-*", "LST-*", "IDEM-*"},
	"RH-ALL-2":  {"FL-*", "LST-*", "IDEM-*"},
	"RH-200-3":  {"RH-200-8", "RH-MSG-*", "FL-*", "LST-3", "IDEM-4"},
	"RH-200-4":  {"RH-MSG-*"},
	"RH-401-1":  {"RH-401-2", "RH-401-3", "RH-NIL-2", "RH-NIL-4", "RH-MSG-11", "RH-REP-5"},
	"RH-403-1":  {"RH-403-7", "RH-403-8", "RH-NIL-2", "RH-NIL-4", "RH-MSG-11", "RH-REP-2", "RH-REP-5"},
	"RH-403-2":  {"RH-NIL-2", "RH-MSG-11", "RH-REP-2", "RH-REP-5"},
	"RH-403-3":  {"RH-403-7", "RH-NIL-2", "RH-MSG-11", "RH-REP-2", "RH-REP-5"},
	"RH-403-4":  {"RH-NIL-2", "RH-NIL-4", "RH-MSG-11", "RH-REP-2", "RH-REP-5"},
	"RH-403-5":  {"RH-403-9", "RH-NIL-2", "RH-MSG-11", "RH-REP-2", "RH-REP-5", "IDEM-5"},
	"RH-403-6":  {"RH-NIL-2", "RH-MSG-11", "RH-REP-2", "RH-REP-5"},
	"RH-400-1":  {"RH-NIL-1", "RH-MSG-11", "RH-REP-1", "RH-REP-4"},
	"RH-400-2":  {"RH-400-6", "RH-NIL-1", "RH-MSG-11", "RH-REP-1", "RH-REP-4"},
	"RH-400-3":  {"RH-NIL-1", "RH-MSG-11", "RH-REP-1", "RH-REP-4"},
	"RH-404-3":  {"RH-404-6", "RH-404-7", "FL-*", "RH-REP-3"},
	"RH-404-4":  {"RH-404-6", "RH-404-7", "FL-TOK-*", "RH-REP-3"},
	"RH-404-5":  {"RH-404-6", "RH-404-7", "FL-TOK-*", "RH-REP-3"},
	"RH-404-6":  {"RH-404-7"},
	"RH-500-1":  {"RH-NIL-3", "RH-MSG-11", "RH-REP-6"},
	"RH-NIL-1":  {"RH-MSG-11", "RH-REP-4"},
	"RH-NIL-2":  {"RH-MSG-11", "RH-REP-5"},
	"RH-NIL-3":  {"RH-MSG-11", "RH-REP-6"},
	"RH-NIL-4":  {"RH-REP-4", "RH-REP-5"},
	"FL-CAP-1":  {"FL-CAP-2", "RH-REP-*", "IDEM-*"},
	"FL-REF-1":  {"FL-REF-2", "RH-REP-*", "IDEM-*"},
	"FL-REF-2":  {"FL-REF-1"},
	"FL-GET-1":  {"FL-ADD-1", "FL-ORD-*", "FL-AMT-*", "RH-MSG-*", "LST-*", "IDEM-*"},
	"FL-HOOK-1": {"IDEM-1"},
	"FL-TOK-1":  {"RH-404-5", "RH-404-6", "RH-404-7"},
	"FL-TOK-2":  {"RH-404-5", "RH-404-6", "RH-404-7"},
	"IDEM-1":    {"IDEM-*"},
	"IDEM-2":    {"IDEM-3"},
	"LST-1":     {"LST-2"},
}
