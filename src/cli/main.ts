#!/usr/bin/env node
/** The command `tinyclaw-queue`. */
import { runProgram } from './program.ts';

await runProgram(process.argv.slice(2));
