using Xunit;

// Each test starts a fleet of processes; several fleets at once would measure the machine.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
