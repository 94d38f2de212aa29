/**
 * The tests run with `--conditions=source`, which leads to the queue's source. A package that the SDK uses has the same
 * condition for its own, which Node doesn't run inside node_modules: there it doesn't hold. Imported for its effect,
 * before what is meant is imported with `await import`.
 */
import { registerHooks } from 'node:module';

registerHooks({
  resolve: (specifier, context, resolveNext) => {
    if (!context.parentURL?.includes('/node_modules/')) return resolveNext(specifier, context);
    return resolveNext(specifier, { ...context, conditions: context.conditions.filter((name) => name !== 'source') });
  },
});
