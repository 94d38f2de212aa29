/**
 * Standard error as the command uses it: messages, and below them, where it is a terminal, one line
 * that is drawn again and again.
 */
import type { WriteStream } from 'node:tty';

export interface Terminal {
  /** There is somebody to draw for. */
  readonly isInteractive: boolean;
  /** Writes a message. */
  say(text: string): void;
  /** Shows `line` in place of the one drawn before, cut to the terminal's width. */
  draw(line: string): void;
  /** Takes away the line drawn last. */
  clear(): void;
  /** Messages pile up because nobody reads them. */
  isFull(): boolean;
  /** Calls `listener` whenever the pile is gone. */
  onDrain(listener: () => void): void;
  /** Resolves when every message has been handed over. */
  flush(): Promise<void>;
}

/**
 * No library draws: those that do measure the text, with a table of character widths that the
 * terminal may not share. Here the terminal itself cuts the line (DECAWM, automatic wrapping, is
 * off while it is written), so that a wide or unknown character never breaks it.
 */
export function createTerminal(stream: WriteStream): Terminal {
  let isDrawn = false;
  // Nobody is left to be told.
  stream.on('error', () => {});
  const clear = (): void => {
    if (isDrawn) stream.write('\r\u001b[K');
    isDrawn = false;
  };
  return {
    isInteractive: stream.isTTY && process.env['TERM'] !== 'dumb',
    clear,
    say(text) {
      clear();
      stream.write(text);
    },
    draw(line) {
      stream.write(`\r\u001b[?7l${cut(line, stream.columns || 80)}\u001b[K\u001b[?7h\r`);
      isDrawn = true;
    },
    isFull: () => stream.writable && stream.writableNeedDrain,
    onDrain: (listener) => void stream.on('drain', listener),
    flush: () => new Promise((resolve) => void stream.write('', () => resolve())),
  };
}

const segmenter = new Intl.Segmenter();

function cut(line: string, columns: number): string {
  const characters = Array.from(segmenter.segment(line), ({ segment }) => segment);
  return characters.length < columns ? line : `${characters.slice(0, columns - 2).join('')}…`;
}
