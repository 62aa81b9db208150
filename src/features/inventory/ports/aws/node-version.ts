/*
 * The SDK says at every start on Node 20 that it will not be updated there for ever. Which version runs is a matter of our
 * lock file, and of no use to whoever reads the log of a service.
 */
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
