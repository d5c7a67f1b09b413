public import ArgumentParser

public struct SlipwayCommand: ParsableCommand { public init() {} }
