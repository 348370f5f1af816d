
// ---- marks and cards
function openCard(mark) {
    const n = mark.dataset.n, turn = mark.closest('.turn'), cite = find(`[data-card="${n}"]`, turn);
    if (!cite) return;
    lastMark = mark;
    const card = cite.closest('.card'), whole = find('details', card);
    if (whole) whole.open = true;
    all('.current').forEach((part) => part.classList.remove('current'));
    const words = find(`mark[data-n="${n}"]`, card), text = find('.whole-text', card);
    [card, cite, words].forEach((part) => part && part.classList.add('current'));
    cite.focus({ preventScroll: true });
    cite.scrollIntoView({ block: 'center', behavior: still.matches ? 'auto' : 'smooth' });
    if (words && text) text.scrollTop = Math.max(0, words.offsetTop - text.offsetTop - 48);
}

function back(card) {
    const turn = card.closest('.turn'), cite = find('.cite.current', card) || find('.cite', card);
    const to = lastMark && turn.contains(lastMark) ? lastMark : find(`.mark[data-n="${cite.dataset.card}"]`, turn);
    if (!to) return;
    to.focus({ preventScroll: true });
    to.scrollIntoView({ block: 'center', behavior: still.matches ? 'auto' : 'smooth' });
}

// What was computed again in the cards of a turn; its text still tells the old sums.
const recomputed = (turn) => all('.recalc', turn).filter((form) => form.dataset.done === 'true').map((form) => form.closest('.calc'));

function changedText(turn) {
    const parts = recomputed(turn).map((card) => `${find('h3', card).lastChild.textContent}\n${find('.calc-result', card).innerText}`);
    return parts.length ? `【测算的情况改过，以这里的金额为准】\n${parts.join('\n\n')}\n\n【下面的答复按原来的情况写】\n` : '';
}

function noteChanges(turn) {
    const reply = find('.reply', turn), on = recomputed(turn).length > 0;
    let note = find('.changed-note', reply);
    if (on && !note) {
        note = document.createElement('p');
        note.className = 'changed-note';
        note.textContent = '测算卡片里的情况改过：金额以卡片为准，下面的文字按原来的情况写。';
        reply.prepend(note);
    } else if (!on && note) note.remove();
}

async function copy(button) {
    const plain = find('.plain', button.closest('.reply-foot')), text = changedText(button.closest('.turn')) + plain.value;
    try {
        await navigator.clipboard.writeText(text);
    } catch {
        const own = plain.value;
        plain.hidden = false;
        plain.value = text;
        plain.select();
        document.execCommand('copy');
        plain.value = own;
        plain.hidden = true;
    }
    button.textContent = '已复制';
    announce.textContent = '已复制答复和出处';
    setTimeout(() => { button.textContent = '复制'; }, 2500);
}

// The class stands inside our own element: Gradio puts its container before every rule, so none can begin at the body.
function print(button) {
    const turn = button.closest('.turn');
    turns.classList.add('print-one');
    turn.classList.add('print-me');
    const after = () => { turns.classList.remove('print-one'); turn.classList.remove('print-me'); };
    window.addEventListener('afterprint', after, { once: true });
    window.print();
}

element.addEventListener('click', (event) => {
    const target = event.target.closest('button');
    if (!target) return;
    if (target.matches('.mark')) openCard(target);
    else if (target.matches('.back')) back(target.closest('.card'));
    else if (target.matches('.example, .quick-reply')) { if (!offline) ask(target.dataset.say); ready(); }
    else if (target.matches('.copy')) copy(target);
    else if (target.matches('.print')) print(target);
    else if (target.matches('.restore')) restore(target.closest('form'));
    else if (target.matches('.again')) {
        const turn = target.closest('.turn');
        box.value = turn.dataset.asked;
        grow();
        turn.remove();
        box.focus();
    }
});

// ---- changing the inputs of a calculation
const waits = new WeakMap(), RECALCULATION_MS = 8000;

function changed(form) { return Array.from(form.elements).some((c) => c.name && c.value !== initial(c)); }

function initial(control) {
    const preset = control.tagName === 'SELECT' ? Array.from(control.options).find((o) => o.defaultSelected) : null;
    return control.tagName === 'SELECT' ? (preset ? preset.value : '') : control.defaultValue;
}

async function recalculate(form) {
    const panel = form.closest('.calc'), result = find('.calc-result', panel), status = find('.calc-status', panel);
    const restoring = find('.restore', form);
    const conditions = all('.benefit', panel.closest('.turn')).find((b) => b.dataset.benefit === form.dataset.benefit);
    form.dataset.original ??= result.innerHTML;
    if (conditions) form.dataset.conditions ??= conditions.outerHTML;
    const serial = Number(form.dataset.serial || 0) + 1;
    form.dataset.serial = serial;
    restoring.hidden = !changed(form);
    form.dataset.done = 'false';
    if (!changed(form)) {
        result.innerHTML = form.dataset.original;
        result.classList.remove('stale');
        noteChanges(panel.closest('.turn'));
        if (conditions) conditions.outerHTML = form.dataset.conditions;
        status.textContent = '';
        status.classList.remove('bad');
        return;
    }
    const controls = Array.from(form.elements).filter((c) => c.name);
    const facts = Object.fromEntries(controls.filter((c) => c.value.trim()).map((c) => [c.name, c.value]));
    let update;
    try {
        update = await Promise.race([server.recalculate({
            benefit: form.dataset.benefit, facts, as_of: form.dataset.day, marks: JSON.parse(form.dataset.marks),
            touched: controls.filter((c) => c.value !== initial(c)).map((c) => c.name),
        }), new Promise((resolve) => { setTimeout(resolve, RECALCULATION_MS); })]);
    } catch { /* said below */ }
    if (!update || !(update.html || update.error)) {
        update = { error: '没有算成：连不上服务。请稍后再改一次。' };
        probe();
    }
    if (Number(form.dataset.serial) !== serial) return;
    status.classList.toggle('bad', Boolean(update.error));
    // A sum that does not belong to what stands in the form stands back.
    result.classList.toggle('stale', Boolean(update.error));
    if (update.html) result.innerHTML = update.html;
    form.dataset.done = String(Boolean(update.html));
    noteChanges(panel.closest('.turn'));
    if (update.conditions && conditions) conditions.outerHTML = update.conditions;
    status.textContent = update.error || '已按您修改的情况重新测算；上面的答复文字没有跟着改。';
}

function restore(form) {
    form.reset();
    recalculate(form);
    find('.field input, .field select', form).focus();
}

element.addEventListener('input', (event) => {
    const form = event.target.closest('.recalc');
    if (!form) return;
    clearTimeout(waits.get(form));
    waits.set(form, setTimeout(() => recalculate(form), 300));
});
element.addEventListener('submit', (event) => {
    if (event.target.matches('.recalc')) { event.preventDefault(); recalculate(event.target); }
});

