// $PSStyle and the module's assemblies belong to the process, not to a runspace: two tests at once would meet there.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
