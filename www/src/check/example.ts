/** Responses with requirements to click, one of each way to write them; written for this page. */

import type { Form } from "./requirements.js";

export interface CheckExample {
  readonly title: string;
  readonly response: string;
  readonly form: Form;
  readonly requirements: string;
}

export const CHECK_EXAMPLES: readonly CheckExample[] = [
  {
    title: "A post with wishes",
    response: `Our library is open on Sundays now! Come by between ten and four:

- borrow board games
- read the papers in the garden
- bring the children to story hour at two

#library #sundays`,
    form: "english",
    requirements: `No hashtags, at most 40 words, in a list of three.
Mention "Sundays" and sound friendly; no exclamation marks`,
  },
  {
    title: "A support reply, promptfoo",
    response: '{"answer": "You get your money back within 14 days.", "refund": true, "days": "14"}',
    form: "json",
    requirements: `[
  {"type": "is-json", "value": {
    "type": "object",
    "required": ["answer", "days"],
    "properties": {"days": {"type": "integer"}}
  }},
  {"type": "icontains", "value": "money back", "weight": 2},
  {"type": "not-contains-any", "value": ["sorry", "unfortunately"]},
  {"type": "word-count", "value": {"max": 20}}
]`,
  },
  {
    title: "Three instructions, IFEval",
    response: `Sure! Here is a short poem about rain:
rain on the roof and rain on the lane
small boots jump in and out again
the whole street hums a low refrain`,
    form: "json",
    requirements: `{
  "instruction_id_list": [
    "change_case:english_lowercase",
    "punctuation:no_comma",
    "length_constraints:number_words"
  ],
  "kwargs": [{}, {}, {"relation": "at least", "num_words": 50}]
}`,
  },
];
