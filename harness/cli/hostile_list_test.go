package cli

import (
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"qorcheck/harness/sandbox"
)

// shownBy is an attack, or a kind of attacks, and the tests or defects of the sandbox that
// show what becomes of it.
type shownBy struct{ attack, outcome, tests string }

// knownAttacks lists the attacks that this program is tested against.
var knownAttacks = []shownBy{
	// A target that hides what it does.
	{"charges a rejected request under an order id made of its own", "RH-NIL-5 fails", "TestHostile charge-suffixed-400 charge-suffixed-401 charge-suffixed-403 charge-suffixed-404 charge-suffixed-500 TestReconciliation"},
	{"charges it under an order id of its own", "RH-NIL-6 fails where nobody else is, else a note", "TestReconciliation charge-elsewhere-400 charge-elsewhere-401 charge-elsewhere-403 charge-elsewhere-404 charge-elsewhere-500 TestReconciliation_Exclusive"},
	{"charges the card of a rejected bank transfer, or the other way round", "RH-NIL-6 fails", "charge-elsewhere-ach"},
	{"charges a moment later, or five seconds later", "RH-NIL-5, RH-NIL-6 fail", "charge-soon-after-400 charge-long-after-400"},
	{"charges and says so in a message only", "RH-MSG-11 fails", "announced-elsewhere announced-suffixed TestMessages_OfARejectedRequest"},
	{"charges in one of several shards", "found when they are merged", "TestReconciliation_OfShards"},
	{"charges behind another status, error body or name", "RH-NIL-1 fails", "TestRewriting_MovedMoney charge-despite-500 charge-despite-403-merchant"},
	{"repeats a card number in a header, its name, a cookie, a trailer, the status line", "RH-ALL-3 fails", "TestNotShown_AroundTheBody TestHostile card-number-in-header card-number-as-name"},
	{"repeats a card number in disguise", "RH-ALL-3 fails", "TestNumbers_InEveryDisguise TestNumbers_InLongTexts TestHostile card-number-disguised"},
	{"repeats a card number in a message", "RH-ALL-3 fails", "card-number-in-message"},
	{"repeats a key in groups, backwards, encoded, or half of it", "RH-ALL-4 fails", "TestKeysNotShown TestKeys TestHostile key-in-header"},
	{"answers numbers that only look like a card's", "no failure", "TestNumbers_LeaveTheRest TestAnswer_LeavesTheRest"},
	{"gives a reason that shows nothing", "RH-200-5, RH-ERR-1, RH-MSG-6 fail", "TestBlank TestReason TestErrorBody TestMessageReason"},
	{"tells an object of somebody else from one that does not exist", "a should fails", "TestAlike"},
	{"sends two media types, another charset, a lone surrogate", "RH-ALL-2 fails by name", "TestMediaType_Twice TestMediaType TestReadBody"},
	{"sends messages that are no JSON, or are labelled otherwise", "RH-MSG-8 fails", "TestMessageSchema message-as-text message-names-doubled"},
	{"behaves for one user agent alone", "--user-agent sets another", "TestScripts"},
	// What is not the target's fault.
	{"a gateway answers 502, 503 or 504 for all, with a page of its own", "exit code 3", "TestOutages_OfTheWholeTarget TestTarget_SickIsInconclusive TestUnavailable"},
	{"one operation answers 502 while the others are served", "it fails", "TestOutages"},
	{"a page to log in, or https in place of http", "exit code 3", "TestHostile TestPreflight"},
	{"keys that are refused, a target that is dead or dies", "exit code 3", "TestPreflight TestTarget_UnreachableIsNotJudged TestTarget_DiesInTheMiddle"},
	{"this machine has no descriptors, ports, memory or CPU left", "inconclusive, and less at once", "TestShortage TestSilence_ForWantOfOurOwn TestWatchdog_SaysWhatIsOut TestWatchdog_ExcusesWhatItsDelaysTouch TestSlots_BecomeFewerWithEachShortage TestAffordable"},
	{"the disk is full", "exit code 4", "TestDiskFull TestJournal_ThatCannotBeWrittenEndsTheRun"},
	{"nobody can reach the receiver", "inconclusive", "TestDeaf TestMessageCame"},
	{"a limit of requests a second, with 429 or by dropping connections", "the rate is lowered", "TestThrottle_FindsTheRate TestThrottle_CountsDroppedConnections TestRetryAfter_IsWaitedFor"},
	{"connections that are lost", "repeated where that is safe, else the case is, with values of its own", "TestConnectionLost_CaseIsSentOnceMore TestHostile TestRequests_AreRepeatedWhereThatIsSafe TestRequests_ThatNeverConnectedAreRepeated TestRefused_IsNotCarriedOut TestPauses_GrowAndDiffer"},
	{"a clock that is a day ahead or behind", "no failure", "TestHostile TestRetryAfter"},
	{"a second client, two runs, four shards, a late earlier run", "notes only", "TestReconciliation_Others TestMessages_OfAnotherMerchant TestRun_TwoAtOnce TestShards_AtOnce"},
	// Secrets.
	{"a secret in an error of settle, TLS, DNS or a proxy", "not shown", "TestErrors_ShowNoSecret TestSettle_ShowsNoSecret TestSecrets_OfSettle"},
	{"a secret of the environment, however it is written", "not shown", "TestSecrets_AreNotShown TestSecrets_OnTheWire TestSecrets_OfMessages TestFurtherSecrets"},
	{"a secret where a text is cut", "not shown", "TestExcerpt TestCut"},
	{"a secret that gets past all this into a file", "masked there, exit code 4", "TestSelfCheck_MasksWhatFilesHold TestSecrets_SelfCheck TestMasked_WholeLine"},
	{"escape sequences, bidirectional text, commands of CI systems", "shown as text", "TestHostile TestPrintable TestMakePrintable TestPrinted TestAnnotations_AreOneLineEach TestJUnit_HoldsHostileText"},
	{"markup and scripts in the page", "shown as text", "TestPage_HoldsHostileText TestPage_LinksToTheWebOnly"},
	{"others read the folder of a run", "it is private", "TestFolder_IsPrivate"},
	{"a redirect or a server of the description leads elsewhere", "nothing is sent there", "TestRedirect_IsAResponse TestCredentials_StayAtTheTarget TestTarget_ServersOfADescriptionGetNothing TestProxy_OfTheEnvironmentIsIgnored"},
	// What must not be lost or mixed.
	{"journals and reports that are pipes, devices or links", "refused or replaced", "TestOthers_AreNotWaitedFor"},
	{"files without an end", "refused", "TestReadFile"},
	{"null lines, a second head, heads of others, other versions", "refused with their line", "TestReplay_Refuses TestDocument_CheckRefuses TestMerge_JoinRefuses"},
	{"other keys, cards or values in a run that is resumed or merged", "exit code 2", "TestResume_Refuses TestMerge_JoinRefuses TestValuesDigest"},
	{"two runs in one folder", "exit code 2", "TestBegin_OneRunAtATime TestFolder_HoldsOneRun"},
	{"a case that panics", "one case is broken, exit code 4", "TestPanic_BreaksOneCase TestClose_ReturnsPanics"},
	{"a panic anywhere else", "exit code 4, and what was judged is reported", "TestPanic_OutsideOfCases TestWait_PanicsWithTheFirstFault TestReceiver_Panic TestExecute_Panics"},
	// What costs time and memory.
	{"bodies, headers, chunks and trailers without end, drips, bombs, deep JSON, redirects", "bounded", "TestTarget_Hostile TestClient_SurvivesHostileTargets TestBodyLimit"},
	{"floods of HTTP/2 frames", "bounded", "TestHTTP2_HostileFrames"},
	{"slow senders, large bodies and forged messages at the receiver", "no failure", "TestReceiver_HostileSenders TestHostile TestMessages_OfOthers"},
	{"receivers of the sandbox that never answer, ten thousand registrations", "others get their messages", "TestReceiverThatDoesNotAnswer TestReceiversThatDoNotAnswer TestQueues_AreBounded"},
	{"garbage for a redactor, detector, receiver, journal or report reader", "no panic", "FuzzRedactor FuzzNumbers FuzzReceiver FuzzJournal FuzzRead FuzzReadBody"},
	{"certificates of others", "refused", "TestTLS_TrustIsChecked TestTLS_ClientCertificateGoesToTheTargetAlone"},
}

// TestHostile_EveryAttackIsTested: each test and each defect that the list names exists.
func TestHostile_EveryAttackIsTested(t *testing.T) {
	t.Parallel()
	there := namesOfTests(t)
	for _, d := range sandbox.Defects() {
		there[d.Name] = true
	}
	for _, a := range knownAttacks {
		names := strings.Fields(a.tests)
		if a.attack == "" || a.outcome == "" || len(names) == 0 {
			t.Errorf("%+v is not complete", a)
		}
		for _, name := range names {
			if !there[name] {
				t.Errorf("%s: there is no %s", a.attack, name)
			}
		}
	}
}

// namesOfTests lists the tests and fuzz targets that there are.
func namesOfTests(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		for _, found := range regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`).FindAllStringSubmatch(readFile(t, path), -1) {
			names[found[1]] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
