import type { ModelDescription, ModelRef, NextToken } from './inspection';
import type { TextReading } from './textReading';

/** Requests about a text while it is typed: the same text with a few changes, again and again. */
export interface TypingRequests {
  /**
   * What comes after a text. Whatever it has in common with a text that was asked about before, from
   * the beginning on, is not computed again.
   *
   * A text longer than the context is read from a place that stays the same while the text grows by
   * half a context: always between half of what the context holds and all of it. Which place depends
   * on the number of tokens alone, so that the same text always gives the same answer.
   */
  predictNext: {
    params: TextReading & { model: ModelRef; text: string; topK: number };
    result: NextPrediction;
  };
}

/** The distribution after a text. */
export interface NextPrediction {
  model: ModelDescription;
  /** Most likely first; probabilities are over the full vocabulary. */
  next: NextToken[];
  /** In nats. */
  entropy: number;
  /** How many tokens were read, that for the beginning of the text included. */
  tokens: number;
  /** How many of them were computed for this answer; the others were known. */
  computed: number;
  /** UTF-16 offset in the text where the reading began; 0 where all of it was read. */
  from: number;
}

/** Prediction at the cursor as the panel shows it. */
export interface CursorPrediction {
  /** The last answer and where it is from; null before the first, and where there can be none. */
  shown: CursorAnswer | null;
  /** The text or the cursor is another one by now, and the new answer is not there yet. */
  waiting: boolean;
  /** Why there is no answer, as a sentence. */
  note: string | null;
  /** The note says what went wrong. */
  failed: boolean;
}

export interface CursorAnswer extends NextPrediction {
  /** File name and line, for people, such as "notes.md:12". */
  source: string;
  /** The end of the text before the cursor, as it is. */
  before: string;
  /** Where the reading began, such as "line 12"; null where it began at the beginning. */
  readFrom: string | null;
}
