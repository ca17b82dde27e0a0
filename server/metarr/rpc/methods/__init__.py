"""The methods of the contract, one file a service or a part of one."""
