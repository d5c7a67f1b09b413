import Judge
import Testing

@Suite struct AssessmentTests {
    @Test(arguments: [
        (nil, nil, AnalysisPhase.successful), (true, nil, .successful), (false, nil, .failed),
        (nil, true, .failed), (nil, false, .successful), (true, false, .successful), (true, true, .failed),
        (false, true, .failed), (false, false, .inconclusive),
    ]) func `a measurement fails where its failure condition holds`(
        success: Bool?, failure: Bool?, phase: AnalysisPhase
    ) {
        #expect(AnalysisPhase.measurement(success: success, failure: failure) == phase)
    }

    @Test func `a metric keeps the phase it has come to`() {
        let assessment = MetricAssessment(hasInterval: true, count: 3)
        var tally = MetricAssessment.Tally()
        #expect(assessment.phase(of: tally, isTerminating: false) == .pending)
        #expect(assessment.phase(of: tally, isTerminating: true) == .successful)
        tally.measurements = 1
        tally.isMeasuring = true
        #expect(assessment.phase(of: tally, isTerminating: true) == .running)
        tally.isMeasuring = false
        #expect(assessment.phase(of: tally, isTerminating: false) == .running)
        #expect(assessment.phase(of: tally, isTerminating: true) == .successful)
        tally.phase = .failed
        #expect(assessment.phase(of: tally, isTerminating: true) == .failed)
    }

    @Test func `limits that are off do not end a metric`() {
        var assessment = MetricAssessment(hasInterval: true, count: 2)
        assessment.failureLimit = -1
        assessment.consecutiveSuccessLimit = 2
        var tally = MetricAssessment.Tally()
        tally.measurements = 9
        tally.failed = 8
        tally.count = 1
        #expect(assessment.phase(of: tally, isTerminating: false) == .running)
        tally.count = 2
        #expect(assessment.phase(of: tally, isTerminating: false) == .failed)
        tally.consecutiveSuccesses = 2
        #expect(assessment.phase(of: tally, isTerminating: false) == .successful)
    }

    @Test func `across metrics a failure outweighs an error`() {
        let phases: [AnalysisPhase] = [.successful, .running, .pending, .inconclusive, .error, .failed]
        #expect(phases.sorted { $0.severity < $1.severity } == phases)
    }
}
