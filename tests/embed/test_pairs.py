from kiemchung.embed.pairs import CLAIM_TOKENS, MESSAGE_TOKENS, pair_ids

START, END = 0, 2


def test_message_and_claim_stand_in_one_sequence_parted_by_end_marks():
    assert pair_ids([START, 7, 8, END], [START, 9, END]) == [START, 7, 8, END, END, 9, END]


def test_both_are_cut_and_keep_their_marks():
    found = pair_ids([START, *[7] * 500, END], [START, *[9] * 500, END])
    assert found == [START, *[7] * (MESSAGE_TOKENS - 2), END, END, *[9] * (CLAIM_TOKENS - 1), END]


def test_empty_texts_leave_the_marks():
    assert pair_ids([START, END], [START, END]) == [START, END, END, END]
